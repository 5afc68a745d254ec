// What every objective of the registry owes the trainer, tested for each without naming it.
#include "gbengine/objective/objective.hpp"

#include <doctest/doctest.h>

#include <set>

#include "loss_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

// Losses whose shape follows the residuals: start and leaf are one step of a published
// approximation instead of the optimum (tested against a plain twin below).
const std::set<std::string> kApproximate{"huber"};

/// d(sum of w * loss) / d(raw[at]) / w, by central differences.
double numeric_derivative(const Loss& loss, LossRows rows, std::size_t at, double step) {
  const Parallel parallel(1);
  const double raw = rows.raw[at];
  double value[2];
  for (int side : {0, 1}) {
    rows.raw[at] = side == 0 ? raw - step : raw + step;
    value[side] = loss.metric->evaluate(parallel, rows.labels(), rows.raw.data());
  }
  double total = 0.0;
  for (double w : rows.weight) total += w;
  return (value[1] - value[0]) / (2.0 * step) * total / rows.weight[at % rows.y.size()];
}

double numeric_second_derivative(const Loss& loss, const LossRows& rows, std::size_t at) {
  constexpr double kStep = 1e-3;
  LossRows higher = rows, lower = rows;
  higher.raw[at] += kStep / 2;
  lower.raw[at] -= kStep / 2;
  return (numeric_derivative(loss, higher, at, kStep / 2) -
          numeric_derivative(loss, lower, at, kStep / 2)) /
         kStep;
}

double metric_at(const Loss& loss, const LossRows& rows, const std::vector<double>& score) {
  return loss.metric->evaluate(Parallel(1), rows.labels(), rows.constant_raw(score).data());
}

bool is_close(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance * (1.0 + std::abs(b));
}

}  // namespace

TEST_CASE("objective registry: names are unique, known to find_objective, and have their metric") {
  std::set<std::string_view> names;
  for (const ObjectiveRow& row : objective_registry()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(&find_objective(row.name) == &row);
    CHECK(find_metric(row.metric).params == row.params);
    CHECK((row.task == "regression" || row.task == "binary" || row.task == "multiclass"));
  }
  CHECK_THROWS_WITH_AS(find_objective("cubic"), doctest::Contains("'squared_error', "), ValueError);
}

TEST_CASE("objective: grad is the derivative of the metric") {
  for (const Loss& loss : all_losses()) {
    const LossRows rows = sample_rows(*loss.objective, loss.task, 40);
    const auto pairs = loss.gradients(Parallel(1), rows);
    int n_wrong = 0;
    for (std::size_t at = 0; at < pairs.size(); ++at) {
      const double expected = numeric_derivative(loss, rows, at, 1e-5);
      if (!is_close(static_cast<double>(pairs[at].grad), expected, 1e-5)) ++n_wrong;
    }
    CAPTURE(loss.name);
    CHECK(n_wrong <= (kApproximate.count(loss.name) ? 1 : 0));  // the row that sets the shape
  }
}

TEST_CASE("objective: hess is the second derivative of the metric, or 1 where it says so") {
  for (const Loss& loss : all_losses()) {
    const LossRows rows = sample_rows(*loss.objective, loss.task, 40);
    const auto pairs = loss.gradients(Parallel(1), rows);
    CAPTURE(loss.name);
    for (std::size_t at = 0; at < pairs.size(); ++at) {
      const auto hess = static_cast<double>(pairs[at].hess);
      CAPTURE(at);
      if (loss.objective->is_const_hessian())
        CHECK(hess == 1.0);
      else
        CHECK(is_close(hess, numeric_second_derivative(loss, rows, at), 2e-5));
    }
  }
}

TEST_CASE("objective: no constant score near base_score has a lower metric") {
  for (const Loss& loss : all_losses()) {
    if (kApproximate.count(loss.name)) continue;
    for (bool weighted : {true, false}) {
      LossRows rows = sample_rows(*loss.objective, loss.task, 201);
      if (!weighted) rows.weight.clear();
      const std::vector<double> base = loss.base_score(Parallel(1), rows.labels());
      const double least = metric_at(loss, rows, base);
      CAPTURE(loss.name);
      for (std::size_t k = 0; k < base.size(); ++k) {
        for (double shift : {1e-4, -1e-4, 0.1, -0.1, 2.0, -2.0}) {
          std::vector<double> other = base;
          other[k] += shift;
          CAPTURE(shift);
          CHECK(metric_at(loss, rows, other) >= least - 1e-15);
        }
      }
    }
  }
}

TEST_CASE("objective: leaf_value has the least metric among steps of its rows") {
  for (const Loss& loss : all_losses()) {
    if (!loss.objective->refits_leaves() || kApproximate.count(loss.name)) continue;
    CAPTURE(loss.name);
    for (std::size_t n : {1, 2, 10, 101}) {
      const LossRows rows = sample_rows(*loss.objective, loss.task, n);
      const auto all = every_row(rows);
      const double step = loss.objective->leaf_value(rows.labels(), rows.raw.data(), all);
      const auto metric_after = [&](double s) {
        std::vector<double> raw = rows.raw;
        for (double& r : raw) r += s;
        return loss.metric->evaluate(Parallel(1), rows.labels(), raw.data());
      };
      for (double shift : {1e-6, -1e-6, 1e-2, -1e-2, 1.0, -1.0})
        CHECK(metric_after(step + shift) >= metric_after(step) - 1e-15);
    }
  }
}

TEST_CASE("objective: leaf_value looks at the listed rows alone") {
  for (const Loss& loss : all_losses()) {
    if (!loss.objective->refits_leaves()) continue;
    CAPTURE(loss.name);
    const LossRows rows = sample_rows(*loss.objective, loss.task, 60);
    loss.objective->begin_round(Parallel(1), rows.labels(), rows.raw.data());
    const std::vector<std::uint32_t> some{3, 50, 7, 21, 58, 0};
    const LossRows only = rows.reordered(some, true);
    CHECK(loss.objective->leaf_value(rows.labels(), rows.raw.data(), some) ==
          loss.objective->leaf_value(only.labels(), only.raw.data(), every_row(only)));
    CHECK(loss.objective->leaf_value(rows.labels(), rows.raw.data(), {}) == 0.0);
  }
}

TEST_CASE("objective: huber's shape, start and leaf agree with a plain twin") {
  const Loss loss(find_objective("huber"));
  LossRows rows = sample_rows(*loss.objective, loss.task, 101);
  rows.weight.clear();
  const double alpha = sample_params({"alpha"}).get("alpha");
  std::vector<double> residual(rows.y.size()), distance(rows.y.size());
  for (std::size_t i = 0; i < rows.y.size(); ++i) residual[i] = rows.y[i] - rows.raw[i];
  for (std::size_t i = 0; i < rows.y.size(); ++i) distance[i] = std::abs(residual[i]);
  const auto sorted = [](std::vector<double> v) {
    std::sort(v.begin(), v.end());
    return v;
  };
  const double delta = sorted(distance)[static_cast<std::size_t>(std::ceil(alpha * 101)) - 1];
  const auto pairs = loss.gradients(Parallel(1), rows);
  double mean = 0.0;
  const double median = sorted(residual)[50];
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    CHECK(pairs[i].grad == static_cast<float>(std::clamp(-residual[i], -delta, delta)));
    mean += std::clamp(residual[i] - median, -delta, delta) / 101.0;
  }
  CHECK(loss.base_score(Parallel(1), rows.labels())[0] == sorted(rows.y)[50]);
  CHECK(loss.objective->leaf_value(rows.labels(), rows.raw.data(), every_row(rows)) ==
        doctest::Approx(median + mean).epsilon(1e-12));
}

TEST_CASE("objective: huber still learns from the few rows that do not fit") {
  const Loss loss(find_objective("huber"));
  LossRows rows;
  rows.y = {0, 0, 0, 0, 0, 0, 0, 0, 5, -3, 0};
  rows.raw.assign(11, 0.0);
  const auto pairs = loss.gradients(Parallel(1), rows);
  CHECK(pairs[0].grad == 0.0f);
  CHECK(pairs[8].grad == -3.0f);
  CHECK(pairs[9].grad == 3.0f);
}

TEST_CASE("objective: log losses start at the logarithm of the odds or shares") {
  const std::vector<double> y{1, 0, 1, 1};
  const Labels labels{y.data(), nullptr, 4};
  const Loss binary(find_objective("binary_log_loss"));
  CHECK(binary.base_score(Parallel(1), labels)[0] == doctest::Approx(std::log(3.0)));
  const Labels one_class{y.data() + 2, nullptr, 2};
  CHECK(binary.base_score(Parallel(1), one_class)[0] == doctest::Approx(52 * std::log(2.0)));

  const Loss multiclass(find_objective("multiclass_log_loss"));
  const std::vector<double> score = multiclass.base_score(Parallel(1), labels);
  CHECK(score[1] == doctest::Approx(std::log(0.75)));
  CHECK(score[0] == doctest::Approx(std::log(0.25)));
  CHECK(score[3] == doctest::Approx(-52 * std::log(2.0)));
}

TEST_CASE("objective: labels that a loss cannot have are refused by value") {
  const auto refused = [](const char* name, std::vector<double> y, const char* text) {
    const Loss loss(find_objective(name));
    const Labels labels{y.data(), nullptr, static_cast<std::int64_t>(y.size())};
    CHECK_THROWS_WITH_AS(loss.objective->check_labels(labels), text, ValueError);
  };
  refused("poisson", {1, -0.5}, "y must be >= 0 for loss 'poisson', got -0.5");
  refused("poisson", {0, 0}, "y must have a value above 0 for loss 'poisson', got only 0");
  refused("gamma", {1, 0}, "y must be > 0 for loss 'gamma', got 0");
  refused("tweedie", {-1e300}, "y must be >= 0 for loss 'tweedie', got -1e+300");
  refused("tweedie", {0}, "y must have a value above 0 for loss 'tweedie', got only 0");
  refused("binary_log_loss", {0, 1, 2}, "y must be 0 or 1 for loss 'binary_log_loss', got 2");
  for (double code : {-1.0, 0.5, 4.0})
    refused("multiclass_log_loss", {0, code},
            ("y must be a class code from 0 to 3 for loss 'multiclass_log_loss', got " +
             number_text(code))
                .c_str());
}

TEST_CASE("objective and metric: parameters out of range are refused by name and value") {
  const auto refused = [](const char* name, const char* param, double value, const char* text) {
    const ParamMap params({{param, value}});
    CHECK_THROWS_WITH_AS(find_objective(name).make(params), text, ValueError);
    CHECK_THROWS_WITH_AS(find_metric(name).make(params), text, ValueError);
  };
  refused("quantile", "quantile", 1.0, "quantile must be above 0 and below 1, got 1");
  refused("quantile", "quantile", NAN, "quantile must be above 0 and below 1, got nan");
  refused("huber", "alpha", 0.0, "alpha must be above 0 and below 1, got 0");
  refused("tweedie", "power", 2.0, "power must be above 1 and below 2, got 2");
  refused("tweedie", "power", 1.0, "power must be above 1 and below 2, got 1");
  for (double n : {1.0, 2.5, -1.0, 1e10, static_cast<double>(NAN), static_cast<double>(INFINITY)})
    refused("multiclass_log_loss", "n_classes", n,
            ("n_classes must be a whole number from 2 to 1000000, got " + number_text(n)).c_str());
  CHECK_THROWS_AS(find_objective("huber").make(ParamMap()), ValueError);
}
