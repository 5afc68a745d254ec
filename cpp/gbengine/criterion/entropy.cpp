// Entropy of the classes in bits: - sum of p log2 p (Quinlan, "Induction of decision trees", 1986).

#include "gbengine/criterion/class_criterion.hpp"
#include "gbengine/criterion/makers.hpp"
#include "gbengine/criterion/scalar_log.hpp"

namespace gbengine {
namespace {

struct Entropy {
  static double term(double c) { return c > 0 ? c * log2_of(c) : 0.0; }
  static double score(double terms, double w) { return terms - w * log2_of(w); }
  static double impurity(double score, double w) { return -score / w; }
};

}  // namespace

std::unique_ptr<SplitSearch> make_entropy_search(const Targets& targets, const SplitRules& rules,
                                                 const SearchSize& size) {
  return make_class_search<Entropy>(targets, rules, size);
}

}  // namespace gbengine
