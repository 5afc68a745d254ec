// Several targets, and offsets beside which base scores are found: every loss of the registry.
#include "gbengine/objective/separate_outputs.hpp"

#include <doctest/doctest.h>

#include <set>

#include "loss_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr std::int32_t kTargets = 3;
constexpr std::size_t kRows = 1003;

// Their start is a published approximation instead of the optimum.
const std::set<std::string> kApproximate{"huber"};

std::vector<double> offsets_of(const LossRows& rows) {
  std::vector<double> offset(rows.raw.size());
  for (std::size_t i = 0; i < offset.size(); ++i)
    offset[i] = 0.125 * static_cast<double>(i % 17) - 1;
  return offset;
}

/// Several targets of one loss, one after the other.
LossRows rows_of_targets(const Loss& loss) {
  LossRows all;
  all.n_outputs = kTargets;
  for (unsigned k = 0; k < kTargets; ++k) {
    const LossRows rows = sample_rows(*loss.objective, loss.task, kRows, k + 1);
    all.y.insert(all.y.end(), rows.y.begin(), rows.y.end());
    all.raw.insert(all.raw.end(), rows.raw.begin(), rows.raw.end());
    all.weight = rows.weight;
  }
  return all;
}

}  // namespace

TEST_CASE("objective: beside offsets no constant near base_score has a lower metric") {
  for (const Loss& loss : all_losses()) {
    CAPTURE(loss.name);
    const LossRows rows = sample_rows(*loss.objective, loss.task, 201);
    const std::vector<double> offset = offsets_of(rows);
    Labels labels = rows.labels();
    labels.offset = offset.data();
    if (loss.task != "regression") {
      CHECK_THROWS_AS(loss.base_score(Parallel(1), labels), ValueError);
      continue;
    }
    if (kApproximate.count(loss.name)) continue;
    const double base = loss.base_score(Parallel(1), labels)[0];
    const auto metric_at = [&](double constant) {
      std::vector<double> raw = offset;
      for (double& r : raw) r += constant;
      return loss.metric->evaluate(Parallel(1), labels, raw.data());
    };
    for (double shift : {1e-4, -1e-4, 0.1, -0.1, 2.0, -2.0})
      CHECK(metric_at(base + shift) >= metric_at(base) - 1e-15);
  }
}

TEST_CASE("objective: the base score beside absurd offsets is finite") {
  for (const Loss& loss : all_losses()) {
    if (loss.task != "regression") continue;
    CAPTURE(loss.name);
    const LossRows rows = sample_rows(*loss.objective, loss.task, 50);
    for (double size : {1e30, -1e30, 800.0, -800.0}) {
      CAPTURE(size);
      std::vector<double> offset(rows.y.size(), size);
      offset[0] = -size;
      Labels labels = rows.labels();
      labels.offset = offset.data();
      CHECK(std::isfinite(loss.base_score(Parallel(2), labels)[0]));
    }
  }
}

TEST_CASE("separate outputs: each is as if it were alone") {
  for (const ObjectiveRow& row : objective_registry()) {
    CAPTURE(row.name);
    const ParamMap params = sample_params(row.params);
    if (row.task != "regression") {
      CHECK_THROWS_AS(make_separate_outputs(row.name, params, kTargets), ValueError);
      continue;
    }
    const Loss loss(row);
    const LossRows rows = rows_of_targets(loss);
    const std::vector<double> offset = offsets_of(rows);
    const Labels labels{rows.y.data(), rows.weight.data(), kRows, offset.data(), kTargets};
    const Parallel parallel(2);

    const auto together = make_separate_outputs(row.name, params, kTargets);
    CHECK(together->n_outputs() == kTargets);
    CHECK(together->link() == loss.objective->link());
    together->check_labels(labels);
    std::vector<double> base(kTargets);
    together->base_score(parallel, labels, base.data());
    together->begin_round(parallel, labels, rows.raw.data());
    std::vector<FloatPair> pairs(rows.raw.size());
    together->gradients(labels, rows.raw.data(), 0, kRows, pairs.data());
    const std::vector<std::uint32_t> leaf{1, 5, 700};

    for (std::int32_t k = 0; k < kTargets; ++k) {
      const auto alone = make_objective(row.name, params);
      const Labels own = target_of(labels, k);
      const double* raw = rows.raw.data() + k * own.n_rows;
      double own_base = 0.0;
      alone->base_score(parallel, own, &own_base);
      CHECK(base[static_cast<std::size_t>(k)] == own_base);
      alone->begin_round(parallel, own, raw);
      std::vector<FloatPair> own_pairs(kRows);
      alone->gradients(own, raw, 0, kRows, own_pairs.data());
      bool is_same = true;
      for (std::size_t i = 0; i < kRows; ++i) {
        const FloatPair& pair = pairs[static_cast<std::size_t>(k) * kRows + i];
        is_same &= pair.grad == own_pairs[i].grad && pair.hess == own_pairs[i].hess;
      }
      CHECK(is_same);
      CHECK(together->of_output(k).leaf_value(own, raw, leaf) == alone->leaf_value(own, raw, leaf));
    }
  }
}
