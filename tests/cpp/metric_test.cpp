// Every metric of the registry against its formula in plain libm code.
// Derivatives, weights, order, threads: objective_test.cpp and loss_invariance_test.cpp.
#include "gbengine/metric/metric.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>

#include "loss_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

/// Loss of one row from y and the scores of its outputs. `delta` is for the one that needs it.
using Formula = std::function<double(double y, const std::vector<double>& raw, double delta)>;

const std::map<std::string, Formula, std::less<>> kFormulas{
    {"squared_error", [](double y, auto& raw, double) { return 0.5 * std::pow(y - raw[0], 2); }},
    {"absolute_error", [](double y, auto& raw, double) { return std::abs(y - raw[0]); }},
    {"quantile", [](double y, auto& raw,
                    double) { return y > raw[0] ? 0.3 * (y - raw[0]) : 0.7 * (raw[0] - y); }},
    {"huber",
     [](double y, auto& raw, double delta) {
       const double d = std::abs(y - raw[0]);
       return d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta);
     }},
    {"poisson",
     [](double y, auto& raw, double) {
       return (y == 0 ? 0 : y * std::log(y / std::exp(raw[0]))) - y + std::exp(raw[0]);
     }},
    {"gamma",
     [](double y, auto& raw, double) {
       const double ratio = y / std::exp(raw[0]);
       return ratio - std::log(ratio) - 1.0;
     }},
    {"tweedie",
     [](double y, auto& raw, double) {  // power 1.5: 2 (sqrt y - sqrt mu)^2 / sqrt mu
       const double root_mu = std::sqrt(std::exp(raw[0]));
       return 2.0 * std::pow(std::sqrt(y) - root_mu, 2) / root_mu;
     }},
    {"binary_log_loss",
     [](double y, auto& raw, double) {
       const double p = 1.0 / (1.0 + std::exp(-raw[0]));
       return -std::log(y == 1.0 ? p : 1.0 - p);
     }},
    {"multiclass_log_loss",
     [](double y, auto& raw, double) {
       double sum = 0.0;
       for (double r : raw) sum += std::exp(r);
       return -std::log(std::exp(raw[static_cast<std::size_t>(y)]) / sum);
     }},
};

/// The 0.8-quantile of |y - raw| by weight, for rows where it is not met exactly.
double naive_delta(const LossRows& rows) {
  std::vector<double> distances;
  for (std::size_t i = 0; i < rows.y.size(); ++i)
    distances.insert(distances.end(), static_cast<std::size_t>(rows.weight[i]),
                     std::abs(rows.y[i] - rows.raw[i]));
  std::sort(distances.begin(), distances.end());
  const auto n = static_cast<double>(distances.size());
  return distances[static_cast<std::size_t>(std::ceil(0.8 * n)) - 1];
}

double naive_mean(const Formula& formula, const LossRows& rows) {
  const double delta = naive_delta(rows);
  double sum = 0.0, total = 0.0;
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    std::vector<double> raw;
    for (std::size_t j = i; j < rows.raw.size(); j += rows.y.size()) raw.push_back(rows.raw[j]);
    sum += rows.weight[i] * formula(rows.y[i], raw, delta);
    total += rows.weight[i];
  }
  return sum / total;
}

}  // namespace

TEST_CASE("metric registry: names are unique and known to find_metric") {
  std::set<std::string_view> names;
  for (const MetricRow& row : metric_registry()) {
    CHECK(names.insert(row.name).second);
    CHECK(&find_metric(row.name) == &row);
  }
  CHECK_THROWS_WITH_AS(find_metric("cubic"), doctest::Contains("'squared_error', "), ValueError);
}

TEST_CASE("metric: agrees with its formula") {
  for (const Loss& loss : all_losses()) {
    const auto formula = kFormulas.find(loss.name);
    if (formula == kFormulas.end()) continue;  // a new loss may come without one
    CAPTURE(loss.name);
    for (std::size_t n : {1, 513, 20001}) {
      LossRows rows = sample_rows(*loss.objective, loss.task, n);
      rows.weight[0] += 0.5;  // so that no share is met exactly; naive_delta rounds it down
      const double expected = naive_mean(formula->second, rows);
      CHECK(loss.metric->evaluate(Parallel(2), rows.labels(), rows.raw.data()) ==
            doctest::Approx(expected).epsilon(1e-10));
    }
  }
}

TEST_CASE("metric: a perfect fit of a mean has no loss") {
  for (const char* name :
       {"squared_error", "absolute_error", "quantile", "huber", "poisson", "gamma", "tweedie"}) {
    const Loss loss(find_objective(name));
    LossRows rows;
    rows.y = {0.25, 1.0, 3.0, 1e4, 1e-5};
    for (double y : rows.y)
      rows.raw.push_back(loss.objective->link() == Link::kLog ? std::log(y) : y);
    CAPTURE(name);
    CHECK(loss.metric->evaluate(Parallel(1), rows.labels(), rows.raw.data()) ==
          doctest::Approx(0.0).epsilon(1e-11));
  }
}

TEST_CASE("metric: rows of label 0 count in the losses that allow it") {
  for (const char* name : {"poisson", "tweedie"}) {
    const Loss loss(find_objective(name));
    const double y = 0.0, raw = 1.0;
    const double expected = std::string(name) == "poisson" ? std::exp(1.0) : 2.0 * std::exp(0.5);
    CHECK(loss.metric->evaluate(Parallel(1), {&y, nullptr, 1}, &raw) == doctest::Approx(expected));
  }
}

TEST_CASE("metric: no rows, no loss") {
  for (const Loss& loss : all_losses())
    CHECK(loss.metric->evaluate(Parallel(1), {nullptr, nullptr, 0}, nullptr) == 0.0);
}
