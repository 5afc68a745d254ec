// Gini impurity: 1 - sum over the classes of p^2 (Breiman, Friedman, Olshen, Stone, 1984).

#include "gbengine/criterion/class_criterion.hpp"
#include "gbengine/criterion/makers.hpp"

namespace gbengine {
namespace {

struct Gini {
  static double term(double c) { return c * c; }
  static double score(double terms, double w) { return terms / w; }
  static double impurity(double score, double w) { return 1.0 - score / w; }
};

}  // namespace

std::unique_ptr<SplitSearch> make_gini_search(const Targets& targets, const SplitRules& rules,
                                              const SearchSize& size) {
  return make_class_search<Gini>(targets, rules, size);
}

}  // namespace gbengine
