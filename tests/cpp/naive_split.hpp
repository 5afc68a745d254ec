// A node of a tree as the textbook has it: impurities by definition, splits by trying them all.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cart_samples.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine::test {

struct NaiveSplit {
  double threshold;
  bool missing_goes_left;
  double improvement;
};

struct NaiveNode {
  using Rows = std::vector<std::uint32_t>;

  std::string criterion;
  const Targets* targets = nullptr;
  const std::uint32_t* counts = nullptr;
  std::int64_t min_samples_leaf = 1, min_weight_leaf = 0;

  long double weight(std::uint32_t row) const {
    return static_cast<long double>(targets->weight_of(row)) *
           (counts == nullptr ? 1 : counts[row]);
  }
  long double weight(const Rows& rows) const {
    long double sum = 0;
    for (const auto row : rows) sum += weight(row);
    return sum;
  }
  double y(std::uint32_t row, std::int32_t output) const {
    return targets->y[static_cast<std::size_t>(row) * static_cast<std::size_t>(targets->n_outputs) +
                      static_cast<std::size_t>(output)];
  }
  long double mean(const Rows& rows, std::int32_t output) const {
    long double sum = 0;
    for (const auto row : rows) sum += weight(row) * y(row, output);
    return sum / weight(rows);
  }
  long double median(Rows rows, std::int32_t output) const {
    std::sort(rows.begin(), rows.end(),
              [&](auto a, auto b) { return y(a, output) < y(b, output); });
    const long double half = weight(rows) / 2;
    long double so_far = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      so_far += weight(rows[i]);
      if (so_far < half) continue;
      if (so_far > half) return y(rows[i], output);
      return (static_cast<long double>(y(rows[i], output)) + y(rows[i + 1], output)) / 2;
    }
    return 0;
  }
  std::map<int, long double> shares(const Rows& rows, std::int32_t output) const {
    std::map<int, long double> share;
    for (const auto row : rows)
      share[static_cast<int>(y(row, output))] += weight(row) / weight(rows);
    return share;
  }

  long double impurity_of(const Rows& rows, std::int32_t output) const {
    long double sum = 0;
    if (targets->is_classes()) {
      for (const auto& [code, p] : shares(rows, output))
        sum -= criterion == "gini" ? p * p : p * std::log2(p);
      return criterion == "gini" ? 1 + sum : sum;
    }
    const long double centre =
        criterion == "absolute_error" ? median(rows, output) : mean(rows, output);
    for (const auto row : rows) {
      const long double value = y(row, output), d = value - centre;
      const long double of_row = criterion == "squared_error"    ? d * d
                                 : criterion == "absolute_error" ? std::abs(d)
                                 : value > 0                     ? value * std::log(value / centre)
                                                                 : 0;
      sum += weight(row) * of_row;
    }
    return sum / weight(rows);
  }
  double impurity(const Rows& rows) const {
    long double sum = 0;
    for (std::int32_t k = 0; k < targets->n_outputs; ++k) sum += impurity_of(rows, k);
    return static_cast<double>(sum / targets->n_outputs);
  }

  std::vector<double> value(const Rows& rows) const {
    std::vector<double> out;
    for (std::int32_t k = 0; k < targets->n_outputs; ++k) {
      if (!targets->is_classes()) {
        out.push_back(
            static_cast<double>(criterion == "absolute_error" ? median(rows, k) : mean(rows, k)));
        continue;
      }
      auto share = shares(rows, k);
      for (int c = targets->is_binary() ? 1 : 0;
           c < targets->n_classes[static_cast<std::size_t>(k)]; ++c)
        out.push_back(static_cast<double>(share[c]));
    }
    return out;
  }

  double improvement(const Rows& rows, const Rows& left) const {
    const Rows right = others(rows, left);
    const long double lost = weight(left) * impurity(left) + weight(right) * impurity(right);
    return static_cast<double>(impurity(rows) - lost / weight(rows));
  }

  static Rows others(const Rows& rows, const Rows& left) {
    const std::set<std::uint32_t> taken(left.begin(), left.end());
    Rows right;
    for (const auto row : rows)
      if (!taken.contains(row)) right.push_back(row);
    return right;
  }

  static bool has_missing(const SampleTable& table, std::int32_t f, const Rows& rows) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](auto row) { return std::isnan(table.at(row, f)); });
  }
  static std::set<double> values(const SampleTable& table, std::int32_t f, const Rows& rows) {
    std::set<double> values;
    for (const auto row : rows)
      if (!std::isnan(table.at(row, f))) values.insert(table.at(row, f));
    return values;
  }
  static bool is_constant(const SampleTable& table, std::int32_t f, const Rows& rows) {
    const std::size_t n = values(table, f, rows).size();
    return n + (has_missing(table, f, rows) ? 1 : 0) < 2;
  }

  static Rows left_rows(const SampleTable& table, std::int32_t f, const Rows& rows,
                        double threshold, bool missing_goes_left) {
    Rows left;
    for (const auto row : rows) {
      const double x = table.at(row, f);
      if (std::isnan(x) ? missing_goes_left : x <= threshold) left.push_back(row);
    }
    return left;
  }

  bool is_allowed(const Rows& left, const Rows& right, int monotonic) const {
    const auto count = [&](const Rows& rows) {
      return targets->weights_count ? weight(rows) : static_cast<long double>(rows.size());
    };
    if (std::min(count(left), count(right)) < min_samples_leaf) return false;
    if (std::min(weight(left), weight(right)) < min_weight_leaf) return false;
    for (std::int32_t k = 0; criterion == "poisson" && k < targets->n_outputs; ++k)
      if (mean(left, k) <= 0 || mean(right, k) <= 0) return false;
    if (monotonic == 0) return true;
    return (centre(right) - centre(left)) * monotonic >= 0;
  }
  long double centre(const Rows& rows) const {
    return criterion == "absolute_error" ? median(rows, 0) : mean(rows, 0);
  }

  /// Every way to part the rows on a column, and whether the rules allow it.
  std::vector<std::pair<NaiveSplit, bool>> all_splits(const SampleTable& table, std::int32_t f,
                                                      const Rows& rows, int monotonic) const {
    std::vector<std::pair<NaiveSplit, bool>> found;
    const bool missing = has_missing(table, f, rows);
    for (const double value : values(table, f, rows))
      for (const bool missing_left : {false, true}) {
        if (missing_left && !missing) continue;
        const Rows left = left_rows(table, f, rows, value, missing_left);
        const Rows right = others(rows, left);
        if (left.empty() || right.empty()) continue;
        const bool allowed = is_allowed(left, right, monotonic);
        found.push_back({{value, missing_left, allowed ? improvement(rows, left) : 0.0}, allowed});
      }
    return found;
  }
  std::vector<NaiveSplit> splits(const SampleTable& table, std::int32_t f, const Rows& rows,
                                 int monotonic) const {
    return with(true, all_splits(table, f, rows, monotonic));
  }
  std::vector<NaiveSplit> refused(const SampleTable& table, std::int32_t f, const Rows& rows,
                                  int monotonic) const {
    return with(false, all_splits(table, f, rows, monotonic));
  }
  static std::vector<NaiveSplit> with(bool wanted,
                                      const std::vector<std::pair<NaiveSplit, bool>>& all) {
    std::vector<NaiveSplit> some;
    for (const auto& [split, allowed] : all)
      if (allowed == wanted) some.push_back(split);
    return some;
  }
};

}  // namespace gbengine::test
