// The list of all metrics. Adding one: a file with a maker, and a row in registry.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "gbengine/base/param_map.hpp"
#include "gbengine/metric/metric.hpp"

namespace gbengine {

struct MetricRow {
  std::string_view name;
  std::vector<std::string_view> params;  // names the maker reads
  std::unique_ptr<Metric> (*make)(const ParamMap& params);
};

std::span<const MetricRow> metric_registry();

/// Throws ValueError listing the known names.
const MetricRow& find_metric(std::string_view name);

/// Makes one by name. Throws ValueError, also for a parameter that it does not read.
std::unique_ptr<Metric> make_metric(std::string_view name, const ParamMap& params);

}  // namespace gbengine
