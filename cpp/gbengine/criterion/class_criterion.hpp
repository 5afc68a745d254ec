// Split search for classes, given how a criterion measures a mix of them.
//
// A criterion is a struct of three functions; the score of a node is minus its impurity times its
// weight, up to a term in the weight that adds up to the same for every split:
//   static double term(double c);                  // of a class that weighs c
//   static double score(double terms, double w);   // of a node of weight w: sum of its terms
//   static double impurity(double score, double w);
// Example: make_class_search<Gini>(targets, rules, size)
#pragma once

#include <algorithm>
#include <memory>

#include "gbengine/criterion/pair_search.hpp"
#include "gbengine/criterion/row_search.hpp"

namespace gbengine {

/// One output of two classes: a is the weight of class 1.
template <typename Criterion>
class BinaryKind {
 public:
  explicit BinaryKind(const Targets&) {}

  double score(double a, double w) const {
    return Criterion::score(Criterion::term(a) + Criterion::term(w - a), w);
  }

  NodeFacts facts(const NodeRows&, const std::uint32_t*, const Pair& sum, bool wants_impurity,
                  double* value) const {
    const auto a = static_cast<double>(sum.a), w = static_cast<double>(sum.w);
    *value = a / w;
    const bool pure = is_pure(sum);
    const double own = score(a, w);
    return {pure, own, wants_impurity && !pure ? Criterion::impurity(own, w) : 0.0};
  }

  double value_of(double mean) const { return mean; }
  double improvement_unit() const { return 1.0; }
  bool is_pure(const Pair& sum) const { return sum.a == 0 || sum.a == sum.w; }
};

template <typename Criterion>
class ClassesKind {
 public:
  explicit ClassesKind(const Targets& targets) : targets_(targets) {}

  double score(const std::int64_t* sums) const {
    const auto w = static_cast<double>(sums[targets_.n_sums - 1]);
    double score = 0.0;
    for (std::int32_t n_classes : targets_.n_classes) {
      double terms = 0.0;
      for (std::int32_t k = 0; k < n_classes; ++k)
        terms += Criterion::term(static_cast<double>(sums[k]));
      score += Criterion::score(terms, w);
      sums += n_classes;
    }
    return score;
  }

  NodeFacts facts(const NodeRows&, const std::uint32_t*, const std::int64_t* sums,
                  bool wants_impurity, double* value) const {
    const auto w = static_cast<double>(sums[targets_.n_sums - 1]);
    const bool pure = is_pure(sums);
    for (std::int32_t k = 0; k < targets_.n_sums - 1; ++k)
      value[k] = static_cast<double>(sums[k]) / w;
    // Outputs' impurities are averaged: score / n_outputs has the weight of one.
    const double own = score(sums);
    const double impurity =
        wants_impurity && !pure ? Criterion::impurity(own / targets_.n_outputs, w) : 0.0;
    return {pure, own, impurity};
  }

  double improvement_unit() const { return 1.0 / targets_.n_outputs; }
  double unit(std::size_t) const { return 1.0; }

  bool is_pure(const std::int64_t* sums) const {
    const std::int64_t weight = sums[targets_.n_sums - 1];
    return std::all_of(sums, sums + targets_.n_sums - 1,
                       [weight](std::int64_t sum) { return sum == 0 || sum == weight; });
  }

 private:
  const Targets& targets_;
};

template <typename Criterion>
std::unique_ptr<SplitSearch> make_class_search(const Targets& targets, const SplitRules& rules,
                                               const SearchSize& size) {
  if (targets.is_binary())
    return std::make_unique<PairSearch<BinaryKind<Criterion>>>(targets, rules, size);
  return std::make_unique<RowSearch<ClassesKind<Criterion>>>(targets, rules, size);
}

}  // namespace gbengine
