#include "gbengine/ensemble/boosting_config.hpp"

#include <cmath>

#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/ensemble/config_checks.hpp"

namespace gbengine {
namespace {

void need_fraction(const char* name, double value) {
  need(value > 0 && value <= 1, name, value, "in (0, 1]");
}

}  // namespace

void check_config(const BoostingConfig& config) {
  const GrowerConfig& g = config.grower;
  need_positive("learning_rate", config.learning_rate);
  need_fraction("subsample", config.subsample);
  need(config.n_parallel_trees >= 1, "n_parallel_trees", config.n_parallel_trees, "at least 1");
  need(config.max_bins >= 2 && config.max_bins <= kMaxBins, "max_bins", config.max_bins,
       "in [2, 255]");
  for (const double score : config.base_score)
    need(std::isfinite(score), "base_score", score, "finite");
  need(g.max_leaf_nodes == 0 || g.max_leaf_nodes >= 2, "max_leaf_nodes", g.max_leaf_nodes,
       "0 (no limit) or at least 2");
  need(g.max_depth >= 0, "max_depth", g.max_depth, "0 (no limit) or at least 1");
  need(g.min_samples_leaf >= 1, "min_samples_leaf", static_cast<double>(g.min_samples_leaf),
       "at least 1");
  need_not_negative("min_hessian_leaf", g.min_hessian_leaf);
  need_not_negative("min_split_gain", g.min_split_gain);
  need_not_negative("l1_regularization", g.l1_regularization);
  need_not_negative("l2_regularization", g.l2_regularization);
  need_not_negative("max_delta_step", g.max_delta_step);
  need_not_negative("cat_smooth", g.cat_smooth);
  need(g.max_cat_threshold >= 1, "max_cat_threshold", g.max_cat_threshold, "at least 1");
  need(g.min_samples_category >= 1, "min_samples_category",
       static_cast<double>(g.min_samples_category), "at least 1");
  need_fraction("max_features_per_tree", g.max_features_per_tree);
  need_fraction("max_features_per_level", g.max_features_per_level);
  need_fraction("max_features", g.max_features);
}

}  // namespace gbengine
