// Sample parameters, labels and scores for the tests that walk the registries of losses.
//
// A new loss is tested without new code here, unless it has a parameter of a new name.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gbengine/base/param_map.hpp"
#include "gbengine/metric/registry.hpp"
#include "gbengine/objective/registry.hpp"

namespace gbengine::test {

inline ParamMap sample_params(const std::vector<std::string_view>& names) {
  static const std::map<std::string, double, std::less<>> kSamples{
      {"quantile", 0.3}, {"alpha", 0.8}, {"power", 1.5}, {"n_classes", 4.0}};
  std::map<std::string, double, std::less<>> values;
  for (std::string_view name : names) {
    const auto found = kSamples.find(name);
    REQUIRE_MESSAGE(found != kSamples.end(), "add a sample value for parameter " << name);
    values.insert(*found);
  }
  return ParamMap(std::move(values));
}

/// Rows of a loss: labels it allows, raw scores near them, whole weights; all owned.
struct LossRows {
  std::vector<double> y, weight, raw;
  int n_outputs = 1;

  std::int64_t n_rows() const { return static_cast<std::int64_t>(y.size()); }
  Labels labels() const { return {y.data(), weight.empty() ? nullptr : weight.data(), n_rows()}; }
  std::vector<double> constant_raw(const std::vector<double>& score) const {
    std::vector<double> constant;
    for (double s : score) constant.insert(constant.end(), y.size(), s);
    return constant;
  }

  /// Row i of the result is row order[i] of this; a row may come many times.
  LossRows reordered(const std::vector<std::uint32_t>& order, bool with_weights) const {
    LossRows rows;
    rows.n_outputs = n_outputs;
    for (auto i : order) rows.y.push_back(y[i]);
    if (with_weights)
      for (auto i : order) rows.weight.push_back(weight[i]);
    for (int k = 0; k < n_outputs; ++k)
      for (auto i : order) rows.raw.push_back(raw[static_cast<std::size_t>(k) * y.size() + i]);
    return rows;
  }

  /// weight[i] copies of row i, without weights.
  LossRows repeated() const {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < y.size(); ++i)
      order.insert(order.end(), static_cast<std::size_t>(weight[i]), i);
    return reordered(order, false);
  }

  LossRows shuffled() const {
    std::vector<std::uint32_t> order(y.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::mt19937 random(7);
    std::shuffle(order.begin(), order.end(), random);
    return reordered(order, !weight.empty());
  }
};

inline bool allows(const Objective& objective, const std::vector<double>& y) {
  try {
    objective.check_labels({y.data(), nullptr, static_cast<std::int64_t>(y.size())});
    return true;
  } catch (const ValueError&) {
    return false;
  }
}

/// The first kind of labels that the loss allows.
inline std::vector<double> sample_labels(const Objective& objective, std::string_view task,
                                         std::size_t n, std::mt19937& random) {
  std::normal_distribution<double> normal;
  std::vector<double> y(n);
  if (task != "multiclass") {
    for (double& v : y) v = normal(random);
    if (allows(objective, y)) return y;
    for (double& v : y) v = std::floor(std::exp(normal(random)));
    if (allows(objective, y)) return y;
    for (double& v : y) v = std::exp(normal(random));
    if (allows(objective, y)) return y;
  }
  for (double& v : y)
    v = static_cast<double>(random() % 8 %
                            static_cast<unsigned>(std::max(2, objective.n_outputs())));
  REQUIRE(allows(objective, y));
  return y;
}

inline LossRows sample_rows(const Objective& objective, std::string_view task, std::size_t n,
                            unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  LossRows rows;
  rows.n_outputs = objective.n_outputs();
  rows.y = sample_labels(objective, task, n, random);
  for (std::size_t i = 0; i < n; ++i)
    rows.weight.push_back(1.0 + static_cast<double>(random() % 4));
  rows.raw.resize(n * static_cast<std::size_t>(rows.n_outputs));
  for (double& v : rows.raw) v = normal(random);
  return rows;
}

/// An objective of the registry, ready to use, with the metric that is its loss.
struct Loss {
  explicit Loss(const ObjectiveRow& row) : Loss(row, sample_params(row.params)) {}

  Loss(const ObjectiveRow& row, const ParamMap& params)
      : name(row.name),
        task(row.task),
        objective(row.make(params)),
        metric(find_metric(row.metric).make(params)) {}

  std::vector<double> base_score(const Parallel& parallel, const Labels& labels) const {
    std::vector<double> score(static_cast<std::size_t>(objective->n_outputs()));
    objective->base_score(parallel, labels, score.data());
    return score;
  }

  std::vector<FloatPair> gradients(const Parallel& parallel, const LossRows& rows) const {
    objective->begin_round(parallel, rows.labels(), rows.raw.data());
    std::vector<FloatPair> pairs(rows.raw.size());
    parallel.for_rows(rows.n_rows(), 1000, [&](std::int64_t begin, std::int64_t end, int) {
      objective->gradients(rows.labels(), rows.raw.data(), begin, end, pairs.data());
    });
    return pairs;
  }

  std::string name, task;
  std::unique_ptr<Objective> objective;
  std::unique_ptr<Metric> metric;
};

inline std::vector<Loss> all_losses() {
  std::vector<Loss> losses;
  for (const ObjectiveRow& row : objective_registry()) losses.emplace_back(row);
  return losses;
}

inline bool same_pair(const FloatPair& a, const FloatPair& b) {
  return a.grad == b.grad && a.hess == b.hess;
}

inline bool same(const std::vector<FloatPair>& a, const std::vector<FloatPair>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_pair);
}

inline std::vector<std::uint32_t> every_row(const LossRows& rows) {
  std::vector<std::uint32_t> idx(rows.y.size());
  for (std::uint32_t i = 0; i < idx.size(); ++i) idx[i] = i;
  return idx;
}

}  // namespace gbengine::test
