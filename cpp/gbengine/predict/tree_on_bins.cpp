#include "gbengine/predict/tree_on_bins.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {
namespace {

std::uint8_t bin_of(const BinMapper& mapper, std::int32_t feature, double threshold) {
  if (threshold == std::numeric_limits<double>::infinity())
    return static_cast<std::uint8_t>(mapper.n_bins() - 1);
  const auto begin = mapper.thresholds.begin(), end = mapper.thresholds.end();
  const auto at = std::lower_bound(begin, end, threshold);
  if (at == end || *at != threshold)
    throw ValueError("the model to continue splits column " + std::to_string(feature) + " at " +
                     number_text(threshold) +
                     ", inside a bin of the table; it must have been grown on the same bins");
  return static_cast<std::uint8_t>(at - begin);
}

/// The codes that share the table's last bin must go one way.
void check_set(const BinMapper& mapper, std::int32_t feature, const CategorySet& set) {
  const auto last_bin = static_cast<std::uint32_t>(mapper.n_bins() - 1);
  for (std::int32_t code = mapper.n_bins(); code < mapper.n_categories; ++code) {
    const auto bit = static_cast<std::uint32_t>(code);
    if (set.contains(bit) != set.contains(last_bin))
      throw ValueError("the model to continue tells categories of column " +
                       std::to_string(feature) +
                       " apart that share a bin of the table; it must have been grown on the same "
                       "bins");
    if (bit >= CategorySet::kLastBit) return;
  }
}

void check_categories(const EnsembleModel& model, const BinnedMatrix& bins) {
  for (std::size_t f = 0; f < bins.mappers.size(); ++f) {
    const std::int32_t of_model = model.n_categories.empty() ? 0 : model.n_categories[f];
    const std::int32_t of_table = bins.mappers[f].n_categories;
    if (of_model != of_table)
      throw ValueError("the model to continue has " + std::to_string(of_model) +
                       " categories in column " + std::to_string(f) + ", the table " +
                       std::to_string(of_table) + "; they must be the same");
  }
}

}  // namespace

BinnedTree tree_on_bins(const EnsembleModel& model, std::int32_t tree, const BinnedMatrix& bins) {
  const auto begin = model.tree_begin[static_cast<std::size_t>(tree)];
  const auto end = model.tree_begin[static_cast<std::size_t>(tree) + 1];
  check_categories(model, bins);
  const Tree& nodes = model.nodes;
  BinnedTree out{{nodes.feature.begin() + begin, nodes.feature.begin() + end},
                 {nodes.left_child.begin() + begin, nodes.left_child.begin() + end},
                 {},
                 {nodes.missing_goes_left.begin() + begin, nodes.missing_goes_left.begin() + end},
                 {nodes.value.begin() + begin * model.leaf_width,
                  nodes.value.begin() + end * model.leaf_width}};
  out.bin_threshold.resize(out.feature.size(), 0);
  for (std::size_t i = 0; i < out.feature.size(); ++i) {
    const std::int32_t feature = out.feature[i];
    if (feature == kLeafFeature) continue;
    const BinMapper& mapper = bins.mappers[static_cast<std::size_t>(feature)];
    const double threshold = nodes.threshold[static_cast<std::size_t>(begin) + i];
    if (!mapper.is_categorical()) {
      out.bin_threshold[i] = bin_of(mapper, feature, threshold);
      continue;
    }
    const CategorySet& set = nodes.category_sets[static_cast<std::size_t>(threshold)];
    check_set(mapper, feature, set);
    out.threshold.resize(out.feature.size(), 0.0);
    out.threshold[i] = static_cast<double>(out.category_sets.size());
    out.category_sets.push_back(set);
  }
  return out;
}

}  // namespace gbengine
