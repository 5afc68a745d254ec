// Split search for numbers, given how a criterion scores a node by its sum and weight.
//
// A criterion is a struct:
//   static double score(double sum, double w);    // sum: of w y in y's units; w: weight
//   static constexpr bool kNeedsTrueSum;          // else the sum may be of distances from a centre
//   static double impurity(const NumberFacts&, const NodeRows&, counts, sums, output)
// Example: make_number_search<SquaredError>(targets, rules, size)
#pragma once

#include <memory>

#include "gbengine/criterion/node_facts.hpp"
#include "gbengine/criterion/pair_search.hpp"
#include "gbengine/criterion/row_search.hpp"

namespace gbengine {

/// One output.
template <typename Criterion>
class NumberKind {
 public:
  explicit NumberKind(const Targets& targets)
      : facts_(targets),
        unit_(targets.value_unit[0]),
        weight_unit_(targets.fraction_unit),
        centre_(Criterion::kNeedsTrueSum ? static_cast<double>(targets.centre[0]) : 0.0) {}

  double score(double a, double w) const {
    if constexpr (Criterion::kNeedsTrueSum) {
      w *= weight_unit_;
      return Criterion::score((a + centre_ * w) * unit_, w);
    } else {
      return Criterion::score(a, w);
    }
  }

  NodeFacts facts(const NodeRows& rows, const std::uint32_t* counts, const Pair& sum,
                  bool wants_impurity, double* value) const {
    NodeFacts facts{facts_.is_pure(rows, 0),
                    score(static_cast<double>(sum.a), static_cast<double>(sum.w)), 0.0};
    *value = facts.is_pure ? facts_.exact_value(rows, counts, 0) : facts_.mean(sum.a, sum.w, 0);
    if (wants_impurity && !facts.is_pure)
      facts.impurity = Criterion::impurity(facts_, rows, counts, sum.a, sum.w, 0);
    return facts;
  }

  double value_of(double mean) const { return facts_.value_at(mean / weight_unit_, 0); }

  bool is_pure(const Pair&) const { return false; }  // a sum does not tell

  double improvement_unit() const {
    if (Criterion::kNeedsTrueSum) return 1.0 / weight_unit_;
    return (unit_ / weight_unit_) * (unit_ / weight_unit_);
  }

 private:
  NumberFacts facts_;
  double unit_, weight_unit_, centre_;
};

template <typename Criterion>
class NumbersKind {
 public:
  explicit NumbersKind(const Targets& targets) : targets_(targets), facts_(targets) {}

  double score(const std::int64_t* sums) const {
    const double w = static_cast<double>(sums[targets_.n_outputs]) * targets_.fraction_unit;
    double score = 0.0;
    for (std::int32_t k = 0; k < targets_.n_outputs; ++k) {
      const auto at = static_cast<std::size_t>(k);
      double a = static_cast<double>(sums[k]);
      if (Criterion::kNeedsTrueSum) a += static_cast<double>(targets_.centre[at]) * w;
      score += Criterion::score(a * targets_.value_unit[at], w);
    }
    return score;
  }

  NodeFacts facts(const NodeRows& rows, const std::uint32_t* counts, const std::int64_t* sums,
                  bool wants_impurity, double* value) const {
    NodeFacts facts{true, score(sums), 0.0};
    const std::int64_t w = sums[targets_.n_outputs];
    for (std::int32_t k = 0; k < targets_.n_outputs; ++k) {
      const bool is_pure = facts_.is_pure(rows, k);
      facts.is_pure &= is_pure;
      value[k] = is_pure ? facts_.exact_value(rows, counts, k) : facts_.mean(sums[k], w, k);
      if (wants_impurity && !is_pure)
        facts.impurity += Criterion::impurity(facts_, rows, counts, sums[k], w, k);
    }
    facts.impurity /= targets_.n_outputs;
    return facts;
  }

  bool is_pure(const std::int64_t*) const { return false; }  // sums do not tell
  double improvement_unit() const { return 1.0 / (targets_.fraction_unit * targets_.n_outputs); }
  double unit(std::size_t k) const { return targets_.value_unit[k]; }

 private:
  const Targets& targets_;
  NumberFacts facts_;
};

template <typename Criterion>
std::unique_ptr<SplitSearch> make_number_search(const Targets& targets, const SplitRules& rules,
                                                const SearchSize& size) {
  if (targets.n_outputs == 1)
    return std::make_unique<PairSearch<NumberKind<Criterion>>>(targets, rules, size);
  return std::make_unique<RowSearch<NumbersKind<Criterion>>>(targets, rules, size);
}

}  // namespace gbengine
