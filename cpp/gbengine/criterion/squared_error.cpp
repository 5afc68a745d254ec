// Squared error: the variance of the node (Breiman, Friedman, Olshen, Stone, 1984).

#include "gbengine/criterion/makers.hpp"
#include "gbengine/criterion/number_criterion.hpp"

namespace gbengine {
namespace {

/// w * variance is the sum of w y^2, which no split changes, less sum^2 / w.
struct SquaredError {
  static constexpr bool kNeedsTrueSum = false;
  static double score(double sum, double w) { return sum * sum / w; }
  static double impurity(const NumberFacts& facts, const NodeRows& rows,
                         const std::uint32_t* counts, std::int64_t a, std::int64_t w,
                         std::int32_t output) {
    return facts.variance(rows, counts, a, w, output);
  }
};

}  // namespace

std::unique_ptr<SplitSearch> make_squared_error_search(const Targets& targets,
                                                       const SplitRules& rules,
                                                       const SearchSize& size) {
  return make_number_search<SquaredError>(targets, rules, size);
}

}  // namespace gbengine
