#include "gbengine/learn/vector_category.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/learn/category_groups.hpp"

namespace gbengine {
namespace {

constexpr int kPowerSteps = 8;

/// The cells of several outputs, as CategoryGroups wants them.
template <typename Sum>
class VectorCells {
 public:
  using Word = Sum;
  using Result = VectorScanResult;

  VectorCells(const VectorScanArgs& args, double smooth)
      : args_(args),
        units_(*args.units),
        smooth_(smooth),
        pool_(stride(), Sum{0}),
        cells_(static_cast<std::size_t>(kMaxGroups + 1) * stride()) {}

  int n_bins() const { return args_.n_bins; }
  std::int64_t node_count() const { return args_.node_count; }
  double node_hess() const { return total_hess(args_.node); }
  const std::int64_t* counts() const { return args_.counts; }
  int n_words() const { return args_.stride; }
  const Word* cell(int code) const {
    return static_cast<const Sum*>(args_.cells) + std::int64_t{code} * args_.stride;
  }

  bool is_zero(const Word* words) const {
    return std::all_of(words, words + units_.n_outputs + units_.n_hess,
                       [](Sum sum) { return sum == 0; });
  }
  double hess_of(const Word* words) const { return total_hess(words); }
  void note(int, const Word*) {}
  Word* pool() { return pool_.data(); }
  Word* scratch() { return cells_.data(); }

  Result scan(int n, const std::int64_t* counts, std::int64_t loose_count) const {
    VectorScanArgs args = args_;
    args.cells = cells_.data();
    args.n_bins = n;
    args.counts = counts;
    args.loose_count = loose_count;
    if constexpr (sizeof(Sum) == 8) return kernels().vector_scan.wide(args);
    return kernels().vector_scan.narrow(args);
  }

  static bool left_is_heavier(const Result& found) { return found.left_is_heavier; }

  /// Keys along the first principal direction of the groups' steps.
  void set_keys(CategoryGroup* groups, int n, int pool_code) {
    const auto n_outputs = static_cast<std::size_t>(units_.n_outputs);
    std::sort(groups, groups + n, [](auto& a, auto& b) { return a.code < b.code; });
    std::vector<double> steps, centred, weight;
    for (int i = 0; i < n; ++i)
      add_steps(groups[i].code == pool_code ? pool_.data() : cell(groups[i].code), steps, centred,
                weight);
    const std::vector<double> direction = principal_direction(centred, weight);
    for (int i = 0; i < n; ++i) {
      const double* step = steps.data() + static_cast<std::size_t>(i) * n_outputs;
      groups[i].key = 0.0;
      for (std::size_t k = 0; k < n_outputs; ++k) groups[i].key += direction[k] * step[k];
    }
  }

 private:
  std::size_t stride() const { return static_cast<std::size_t>(args_.stride); }

  /// In real units, over all outputs.
  template <typename Integer>
  double total_hess(const Integer* sums) const {
    double total = 0.0;
    for (std::int32_t k = 0; k < units_.n_hess; ++k)
      total += static_cast<double>(sums[units_.n_outputs + k]) * units_.hess_unit[k];
    return total;
  }

  /// A group's mean steps, drawn to the node's, each output's times the root of its hessian: so
  /// squares are in the units of gains. Also less the node's, and the group's share of the hessian.
  void add_steps(const Word* words, std::vector<double>& steps, std::vector<double>& centred,
                 std::vector<double>& weight) const {
    double share = 0.0;
    for (std::int32_t k = 0; k < units_.n_outputs; ++k) {
      const std::int32_t hess = units_.n_hess == 1 ? 0 : k;
      const double unit = units_.hess_unit[hess];
      const double node_hess = static_cast<double>(args_.node[units_.n_outputs + hess]) * unit;
      const double node_step = static_cast<double>(args_.node[k]) * units_.grad_unit[k] / node_hess;
      const double own_hess = static_cast<double>(words[units_.n_outputs + hess]) * unit;
      const double own_grad = static_cast<double>(words[k]) * units_.grad_unit[k];
      const double step = own_hess + smooth_ > 0
                              ? (own_grad + smooth_ * node_step) / (own_hess + smooth_)
                              : node_step;
      const double scale = std::sqrt(node_hess);
      steps.push_back(scale * step);
      centred.push_back(scale * (step - node_step));
      share += own_hess / node_hess;
    }
    weight.push_back(share);
  }

  /// Its largest element is 1; all are 0 if no group's steps differ from the node's.
  std::vector<double> principal_direction(const std::vector<double>& centred,
                                          const std::vector<double>& weight) const {
    const auto n_outputs = static_cast<std::size_t>(units_.n_outputs);
    std::vector<double> direction(n_outputs, 0.0), next(n_outputs);
    double most = 0.0;
    for (std::size_t i = 0; i < weight.size(); ++i) {  // start with the group that weighs most
      double size = 0.0;
      const double* row = centred.data() + i * n_outputs;
      for (std::size_t k = 0; k < n_outputs; ++k) size += row[k] * row[k];
      if (!(weight[i] * size > most)) continue;
      most = weight[i] * size;
      direction.assign(row, row + n_outputs);
    }
    for (int turn = 0; turn < kPowerSteps && most > 0.0; ++turn) {
      normalise(direction);
      std::fill(next.begin(), next.end(), 0.0);
      for (std::size_t i = 0; i < weight.size(); ++i) {
        const double* row = centred.data() + i * n_outputs;
        double along = 0.0;
        for (std::size_t k = 0; k < n_outputs; ++k) along += row[k] * direction[k];
        for (std::size_t k = 0; k < n_outputs; ++k) next[k] += weight[i] * along * row[k];
      }
      direction = next;
    }
    normalise(direction);
    return direction;
  }

  /// Makes the element that is largest in size, the first of equal ones, 1.
  static void normalise(std::vector<double>& direction) {
    double largest = 0.0;
    for (const double x : direction)
      if (std::abs(x) > std::abs(largest)) largest = x;
    if (largest == 0.0) return;
    for (double& x : direction) x /= largest;
  }

  const VectorScanArgs& args_;
  const VectorUnits& units_;
  double smooth_;
  std::vector<Sum> pool_;
  std::vector<Sum> cells_;
};

constexpr VectorScanResult kNoSplit{-1.0, -1, false, false};

template <typename Sum>
VectorCategorySplit find_among(const VectorScanArgs& args, const CategoryRules& rules,
                               double total_to_beat) {
  VectorCells<Sum> cells(args, rules.smooth);
  const auto split = CategoryGroups(cells, rules).find(total_to_beat, kNoSplit);
  return {split.found, split.left};
}

}  // namespace

VectorCategorySplit find_vector_category_split(CellWidth width, const VectorScanArgs& args,
                                               const CategoryRules& rules, double total_to_beat) {
  const VectorUnits& units = *args.units;
  // Without hessian, integer or real, there is no mean step, and no split either.
  for (std::int32_t k = 0; k < units.n_hess; ++k)
    if (!(static_cast<double>(args.node[units.n_outputs + k]) * units.hess_unit[k] > 0))
      return {kNoSplit, {}};
  if (width == CellWidth::kWide) return find_among<std::int64_t>(args, rules, total_to_beat);
  return find_among<std::int32_t>(args, rules, total_to_beat);
}

}  // namespace gbengine
