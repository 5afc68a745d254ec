#include "gbengine/predict/link_response.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "isa_guard.hpp"

using namespace gbengine;

namespace {

std::vector<double> respond(Link link, const std::vector<double>& raw, std::int32_t n_outputs,
                            int n_threads = 1) {
  const auto n_rows = static_cast<std::int64_t>(raw.size()) / n_outputs;
  std::vector<double> out(raw.size() * (link == Link::kLogit ? 2 : 1), -1.0);
  link_response(link, Parallel(n_threads), raw.data(), n_rows, n_outputs, out.data());
  return out;
}

std::vector<double> random_scores(std::size_t n) {
  std::mt19937 random(1);
  std::vector<double> raw(n);
  for (double& score : raw) score = std::normal_distribution<double>(0.0, 5.0)(random);
  return raw;
}

}  // namespace

TEST_CASE("identity and log") {
  const std::vector<double> raw = random_scores(1001);
  CHECK(respond(Link::kIdentity, raw, 1) == raw);
  CHECK(respond(Link::kIdentity, raw, 7) == raw);
  const std::vector<double> response = respond(Link::kLog, raw, 1);
  for (std::size_t i = 0; i < raw.size(); ++i)
    CHECK(response[i] == doctest::Approx(std::exp(raw[i])).epsilon(1e-14));
}

TEST_CASE("logit: both classes to the last digits, far out too") {
  std::vector<double> raw = random_scores(1000);
  raw.insert(raw.end(), {0.0, -0.0, 40.0, -40.0, 700.0, -700.0, 1e300, -1e300});
  const std::vector<double> response = respond(Link::kLogit, raw, 1);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    CHECK(std::isfinite(response[2 * i]));
    CHECK(response[2 * i] + response[2 * i + 1] == doctest::Approx(1.0).epsilon(1e-15));
    if (std::abs(raw[i]) > 700.0) continue;
    CHECK(response[2 * i] == doctest::Approx(1.0 / (1.0 + std::exp(raw[i]))).epsilon(1e-13));
    CHECK(response[2 * i + 1] == doctest::Approx(1.0 / (1.0 + std::exp(-raw[i]))).epsilon(1e-13));
  }
}

TEST_CASE("softmax: shares that sum to one, whatever the scores") {
  for (const std::int32_t n_outputs : {2, 3, 26}) {
    const std::vector<double> raw = random_scores(static_cast<std::size_t>(100 * n_outputs));
    const std::vector<double> response = respond(Link::kSoftmax, raw, n_outputs);
    for (std::size_t first = 0; first < raw.size(); first += static_cast<std::size_t>(n_outputs)) {
      double sum = 0.0, share_sum = 0.0;
      for (std::size_t k = first; k < first + static_cast<std::size_t>(n_outputs); ++k)
        sum += std::exp(raw[k]);
      for (std::size_t k = first; k < first + static_cast<std::size_t>(n_outputs); ++k) {
        CHECK(response[k] == doctest::Approx(std::exp(raw[k]) / sum).epsilon(1e-13));
        share_sum += response[k];
      }
      CHECK(share_sum == doctest::Approx(1.0).epsilon(1e-14));
    }
  }
  CHECK(respond(Link::kSoftmax, {1e308, -1e308, 1e308, 1e308}, 2)[0] == doctest::Approx(1.0));
  CHECK(respond(Link::kSoftmax, {1e308, 1e308, 1e308, 1e308}, 4) ==
        std::vector<double>{0.25, 0.25, 0.25, 0.25});
  CHECK(respond(Link::kSoftmax, {800.0, 801.0}, 2)[0] ==
        doctest::Approx(1.0 / (1.0 + std::exp(1.0))).epsilon(1e-14));
}

TEST_CASE("the bits depend on no instruction set, no thread count and no aliasing") {
  for (const Link link : {Link::kIdentity, Link::kLog, Link::kLogit, Link::kSoftmax}) {
    const std::int32_t n_outputs = link == Link::kLogit ? 1 : 3;
    const std::vector<double> raw = random_scores(60'000);
    const std::vector<double> expected = respond(link, raw, n_outputs);
    for_each_isa([&] {
      for (int n_threads : {1, 2, 3}) CHECK(respond(link, raw, n_outputs, n_threads) == expected);
    });
    if (link == Link::kLogit) continue;
    std::vector<double> in_place = raw;
    link_response(link, Parallel(2), in_place.data(), 20'000, n_outputs, in_place.data());
    CHECK(in_place == expected);
  }
}
