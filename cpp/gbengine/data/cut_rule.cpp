#include "gbengine/data/cut_rule.hpp"

namespace gbengine {
namespace {

__extension__ using Wide = unsigned __int128;

/// n * part / whole, rounded to nearest, half up.
int share_of(int n, std::uint64_t part, std::uint64_t whole) {
  return static_cast<int>((2 * Wide{static_cast<unsigned>(n)} * part + whole) / (2 * Wide{whole}));
}

}  // namespace

CutFinder::CutFinder(const LightRuns& runs, int max_bins)
    : runs_(runs), bins_left_(max_bins - runs.n_heavy()) {
  for (std::uint64_t weight : runs.run_weight) light_left_ += weight;
  begin_run(0);
}

void CutFinder::begin_run(std::size_t run_idx) {
  run_idx_ = run_idx;
  run_left_ = runs_.run_weight[run_idx];
  run_bins_ = 0;
  if (run_left_ > 0) {
    const int least = run_idx == 0 ? 1 : 0;
    run_bins_ = std::max(share_of(bins_left_, run_left_, light_left_), least);
  }
  begin_bin();
}

void CutFinder::begin_bin() {
  const auto n = static_cast<std::uint64_t>(std::max(run_bins_, 1));
  bin_weight_ = 0;
  bin_share_ = run_left_ / n + (run_left_ % n != 0 ? 1 : 0);
}

void CutFinder::value(double value, std::uint64_t weight) {
  if (is_cut_due_) thresholds_.push_back(threshold_between(last_value_, value));
  last_value_ = value;
  if (weight >= runs_.heavy_weight) {
    begin_run(run_idx_ + 1);
    is_cut_due_ = run_left_ == 0 || run_bins_ > 0;  // else the run shares this bin
    return;
  }
  add_light(weight);
  is_cut_due_ = bin_weight_ >= bin_share_;
  if (!is_cut_due_) return;
  if (run_bins_ > 0) {
    --bins_left_;
    --run_bins_;
  }
  begin_bin();
}

}  // namespace gbengine
