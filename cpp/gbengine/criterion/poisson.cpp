// Half the Poisson deviance: the mean of y log(y / mean), for y >= 0 with a mean above 0.

#include <algorithm>
#include <limits>

#include "gbengine/criterion/makers.hpp"
#include "gbengine/criterion/number_criterion.hpp"
#include "gbengine/criterion/scalar_log.hpp"

namespace gbengine {
namespace {

/// w * deviance is the sum of w y log y, which no split changes, less sum * log(sum / w). A side
/// whose sum is 0 cannot predict a rate: no split leaves one.
struct Poisson {
  static constexpr bool kNeedsTrueSum = true;
  static double score(double sum, double w) {
    return sum > 0 ? sum * log_of(sum / w) : -std::numeric_limits<double>::infinity();
  }
  static double impurity(const NumberFacts& facts, const NodeRows& rows,
                         const std::uint32_t* counts, std::int64_t a, std::int64_t w,
                         std::int32_t output) {
    const double mean = facts.mean(a, w, output);
    const double deviance = facts.mean_of(
        rows, counts, output, [mean](double y) { return y > 0 ? y * log_of(y / mean) : 0.0; });
    return std::max(deviance, 0.0);  // of values that hardly differ, rounding is all there is
  }
};

}  // namespace

std::unique_ptr<SplitSearch> make_poisson_search(const Targets& targets, const SplitRules& rules,
                                                 const SearchSize& size) {
  return make_number_search<Poisson>(targets, rules, size);
}

}  // namespace gbengine
