// The obvious version of make_bin_mappers for one column: a map of values, and the rule as it reads
// in data/cut_rule.hpp, on whole lists.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "gbengine/data/bin_mapper.hpp"

namespace gbengine::test {

__extension__ using Wide = __int128;

using ValueWeights = std::map<double, Wide>;

inline double naive_threshold(double a, double b) {
  const double mid = a / 2 + b / 2;
  return mid >= a && mid < b ? mid : a;
}

inline std::vector<Wide> naive_weights(const std::vector<double>& weights) {
  double largest = 0;
  bool whole = true;
  for (double w : weights) {
    largest = std::max(largest, w);
    whole = whole && std::floor(w) == w;
  }
  std::vector<Wide> result;
  for (double w : weights) {
    if (whole && largest < 0x1.0p32) {
      result.push_back(static_cast<Wide>(w));
    } else {
      const double scaled = std::nearbyint(std::ldexp(w, 30 - std::ilogb(largest)));
      result.push_back(std::max<Wide>(1, static_cast<Wide>(scaled)));
    }
  }
  return result;
}

inline Wide weight_of(const ValueWeights& values) {
  Wide sum = 0;
  for (const auto& [value, weight] : values) sum += weight;
  return sum;
}

/// Cuts a run into at most n_bins bins; returns each bin's largest value.
inline std::vector<double> naive_run_bins(const ValueWeights& run, int n_bins) {
  std::vector<double> ends;
  Wide left = weight_of(run), share_of = left, in_bin = 0;
  for (const auto& [value, weight] : run) {
    in_bin += weight;
    left -= weight;
    const bool is_full = n_bins > 1 && in_bin * n_bins >= share_of;
    if (!is_full && left > 0) continue;
    ends.push_back(value);
    --n_bins;
    in_bin = 0;
    share_of = left;
  }
  return ends;
}

/// Largest value of each bin; more distinct values than max_bins.
inline std::vector<double> naive_bins(const ValueWeights& values, int max_bins) {
  const Wide total = weight_of(values);
  std::vector<ValueWeights> runs(1);
  std::vector<double> heavy;
  for (const auto& [value, weight] : values) {
    if (weight * max_bins >= total) {
      heavy.push_back(value);
      runs.emplace_back();
    } else {
      runs.back()[value] = weight;
    }
  }
  int bins_left = max_bins - static_cast<int>(heavy.size());
  std::vector<double> ends;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (r > 0) ends.push_back(heavy[r - 1]);
    if (runs[r].empty()) continue;
    Wide light_left = 0;
    for (std::size_t later = r; later < runs.size(); ++later) light_left += weight_of(runs[later]);
    const Wide twice = 2 * bins_left * weight_of(runs[r]);
    int n_bins = static_cast<int>((twice + light_left) / (2 * light_left));
    if (r == 0) n_bins = std::max(n_bins, 1);
    if (n_bins == 0) {  // shares the bin of the heavy value before it
      ends.back() = runs[r].rbegin()->first;
      continue;
    }
    const std::vector<double> run_ends = naive_run_bins(runs[r], n_bins);
    ends.insert(ends.end(), run_ends.begin(), run_ends.end());
    bins_left -= static_cast<int>(run_ends.size());
  }
  return ends;
}

/// @param weights empty: every row weighs 1
inline BinMapper naive_mapper(const std::vector<double>& column, const std::vector<double>& weights,
                              int max_bins) {
  BinMapper mapper;
  ValueWeights values;
  const std::vector<Wide> whole = naive_weights(weights);
  for (std::size_t i = 0; i < column.size(); ++i) {
    if (std::isnan(column[i])) {
      mapper.has_missing = true;
    } else {
      values[column[i]] += weights.empty() ? 1 : whole[i];
    }
  }
  std::vector<double> ends;
  if (values.size() <= static_cast<std::size_t>(max_bins)) {
    for (const auto& [value, weight] : values) ends.push_back(value);
  } else {
    ends = naive_bins(values, max_bins);
  }
  for (std::size_t b = 0; b + 1 < ends.size(); ++b)
    mapper.thresholds.push_back(naive_threshold(ends[b], values.upper_bound(ends[b])->first));
  return mapper;
}

}  // namespace gbengine::test
