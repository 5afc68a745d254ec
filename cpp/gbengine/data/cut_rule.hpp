// The rule that says where a column with more than max_bins distinct values is cut.
//
//   1. A value is heavy if it weighs at least total / max_bins. It gets a bin of its own.
//   2. The heavy values part the other, light ones into runs. The bins that are left are shared
//      among the runs in proportion to weight, rounded to whole bins. A run whose share rounds to
//      none shares the bin of the heavy value before it; the first run, which may have none before
//      it, gets a bin at least. (A bin for every run would spend most bins on next to nothing where
//      heavy and light values alternate.)
//   3. In a run, a bin ends after the value with which it holds its share: what the run weighs from
//      the bin's beginning on, divided by the bins left to it. Bins that a run does not use go to
//      the next ones.
//
// So there are never more than max_bins bins, and the rule sees nothing but (value, weight) in
// order of value: exact integers, no rounding. Two visitors of OrderedColumn do it. Example:
//   RunWeigher weigher(column.total_weight(), max_bins);
//   column.walk(weigher);
//   CutFinder finder(weigher.runs(), max_bins);
//   column.walk(finder);
//   mapper.thresholds = finder.take_thresholds();
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gbengine/data/threshold.hpp"

namespace gbengine {

/// The runs of light values of a column, with a heavy value between each two.
struct LightRuns {
  std::uint64_t heavy_weight = 0;               // the least a heavy value weighs
  std::vector<std::uint64_t> run_weight = {0};  // one more than there are heavy values; may be 0

  int n_heavy() const { return static_cast<int>(run_weight.size()) - 1; }
};

/// First walk: finds the heavy values and weighs the runs.
class RunWeigher {
 public:
  RunWeigher(std::uint64_t total_weight, int max_bins) {
    const auto n = static_cast<std::uint64_t>(max_bins);
    runs_.heavy_weight = total_weight / n + (total_weight % n != 0 ? 1 : 0);
  }

  bool may_skip(std::uint64_t weight) const { return weight < runs_.heavy_weight; }
  void skip(std::uint64_t weight) { runs_.run_weight.back() += weight; }
  void value(double, std::uint64_t weight) {
    if (weight >= runs_.heavy_weight) {
      runs_.run_weight.push_back(0);
    } else {
      runs_.run_weight.back() += weight;
    }
  }

  const LightRuns& runs() const { return runs_; }

 private:
  LightRuns runs_;
};

/// Second walk: ends bins.
class CutFinder {
 public:
  CutFinder(const LightRuns& runs, int max_bins);

  bool may_skip(std::uint64_t weight) const {
    return !is_cut_due_ && weight < runs_.heavy_weight && bin_weight_ + weight < bin_share_;
  }
  void skip(std::uint64_t weight) { add_light(weight); }
  void value(double value, std::uint64_t weight);

  std::vector<double> take_thresholds() { return std::move(thresholds_); }

 private:
  void add_light(std::uint64_t weight) {
    bin_weight_ += weight;
    run_left_ -= weight;
    light_left_ -= weight;
  }
  void begin_run(std::size_t run_idx);
  void begin_bin();

  const LightRuns& runs_;
  std::vector<double> thresholds_;
  std::uint64_t light_left_ = 0;  // weight of the light values still to come
  int bins_left_;                 // for light values, the open bin among them
  std::size_t run_idx_ = 0;
  std::uint64_t run_left_ = 0;    // weight of the run still to come
  int run_bins_ = 0;              // the run's share of bins_left_
  std::uint64_t bin_weight_ = 0;  // of the open bin
  std::uint64_t bin_share_ = 0;   // where it ends; at the run's end at the latest
  bool is_cut_due_ = false;       // between last_value_ and the next one
  double last_value_ = 0.0;
};

}  // namespace gbengine
