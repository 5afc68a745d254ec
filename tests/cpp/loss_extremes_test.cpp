// Objectives and metrics stay finite whatever the labels and raw scores are, and with parameters at
// the ends of their ranges.
#include <doctest/doctest.h>

#include "loss_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

const std::vector<double> kScores{0.0,   36.0, 88.8, 104.0, 354.0, 709.0,
                                  745.0, 1e5,  1e50, 1e300, 1e308, 1.7e308};
const std::vector<double> kLabels{0.0, 1.0, -1.0, 1e-320, 1e-300, 1e300, -1e300, 1.7e308, -1.7e308};

void check_finite(const Loss& loss, const LossRows& rows) {
  for (const FloatPair& pair : loss.gradients(Parallel(1), rows)) {
    REQUIRE(std::isfinite(pair.grad));
    REQUIRE((std::isfinite(pair.hess) && pair.hess >= 0.0f));
  }
  REQUIRE(
      std::isfinite(loss.objective->leaf_value(rows.labels(), rows.raw.data(), every_row(rows))));
  REQUIRE(std::isfinite(loss.metric->evaluate(Parallel(1), rows.labels(), rows.raw.data())));
}

/// All rows with one score, then all scores at every row.
void check_scores(const Loss& loss, LossRows rows) {
  std::vector<double> scores = kScores;
  for (double s : kScores) scores.push_back(-s);
  for (double score : scores) {
    std::fill(rows.raw.begin(), rows.raw.end(), score);
    check_finite(loss, rows);
  }
  const std::size_t n = rows.y.size();
  for (std::size_t rotation = 0; rotation < scores.size(); ++rotation) {
    for (std::size_t j = 0; j < rows.raw.size(); ++j)
      rows.raw[j] = scores[(j * 7 + j / n + rotation) % scores.size()];
    check_finite(loss, rows);
  }
  for (double score : loss.base_score(Parallel(1), rows.labels())) CHECK(std::isfinite(score));
}

void check_extremes(const Loss& loss) {
  CAPTURE(loss.name);
  for (double label : kLabels) {
    CAPTURE(label);
    LossRows rows = sample_rows(*loss.objective, loss.task, 2 * kScores.size());
    rows.y[1] = label;
    if (allows(*loss.objective, rows.y)) check_scores(loss, rows);
    std::fill(rows.y.begin(), rows.y.end(), label);
    if (allows(*loss.objective, rows.y)) check_scores(loss, rows);
  }
}

}  // namespace

TEST_CASE("losses: everything stays finite for absurd scores and labels") {
  for (const Loss& loss : all_losses()) check_extremes(loss);
}

TEST_CASE("losses: ... and for parameters at the ends of their ranges") {
  const std::map<std::string_view, std::vector<double>> ends{
      {"quantile", {1e-300, 1 - 0x1.0p-53}},
      {"alpha", {1e-300, 1 - 0x1.0p-53}},
      {"power", {1 + 0x1.0p-52, 2 - 0x1.0p-52}},
      {"n_classes", {2, 1000}}};
  for (const ObjectiveRow& row : objective_registry()) {
    if (row.params.empty()) continue;
    REQUIRE_MESSAGE(ends.count(row.params[0]), "add the ends of parameter " << row.params[0]);
    for (double value : ends.at(row.params[0])) {
      CAPTURE(value);
      check_extremes(Loss(row, ParamMap({{std::string(row.params[0]), value}})));
    }
  }
}
