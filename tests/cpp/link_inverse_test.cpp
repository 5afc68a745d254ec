#include "gbengine/model/link_inverse.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "isa_guard.hpp"

using namespace gbengine;

namespace {

std::vector<double> inverse(Link link, const std::vector<double>& response) {
  std::vector<double> raw(response.size());
  link_inverse(link, response.data(), static_cast<std::int64_t>(response.size()), raw.data());
  return raw;
}

const std::vector<double> kProbabilities{1e-300, 1e-9, 0.125, 0.5, 0.75, 1 - 0x1.0p-53};

}  // namespace

TEST_CASE("link_inverse is what its formula says, with equal bits on every instruction set") {
  for (Link link : {Link::kIdentity, Link::kLog, Link::kLogit, Link::kSoftmax}) {
    const std::vector<double> expected = inverse(link, kProbabilities);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double p = kProbabilities[i];
      const double raw = link == Link::kIdentity ? p
                         : link == Link::kLogit  ? std::log(p / (1 - p))
                                                 : std::log(p);
      CHECK(expected[i] == doctest::Approx(raw).epsilon(1e-14));
    }
    for_each_isa([&] { CHECK(inverse(link, kProbabilities) == expected); });
  }
}

TEST_CASE("link_inverse: numbers below the smallest normal one count as that") {
  CHECK(inverse(Link::kLog, {5e-324})[0] == doctest::Approx(-708.396).epsilon(1e-5));
}

TEST_CASE("link_inverse in place") {
  std::vector<double> values = kProbabilities;
  link_inverse(Link::kLog, values.data(), 6, values.data());
  CHECK(values == inverse(Link::kLog, kProbabilities));
}
