#include "gbengine/model/vote_model.hpp"

#include <limits>
#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {
namespace {

double total_weight(const EnsembleModel& model, const std::vector<double>& tree_weight) {
  if (tree_weight.size() != static_cast<std::size_t>(model.n_trees()) || tree_weight.empty())
    throw ValueError(std::to_string(tree_weight.size()) + " weights for " +
                     std::to_string(model.n_trees()) + " trees; each tree needs one");
  double total = 0.0;
  for (const double weight : tree_weight) {
    if (!(weight > 0 && weight <= std::numeric_limits<double>::max()))
      throw ValueError("a tree weighs " + number_text(weight) + "; it must be finite and above 0");
    total += weight;
  }
  return total;
}

/// What a node says with a weight of 1, in place of its shares.
void make_vote(std::int32_t n_classes, double* value) {
  const std::int32_t vote = class_of(value, n_classes);
  if (n_classes == 1)
    *value = 0.0;
  else if (n_classes == 2)
    *value = vote == 1 ? 2.0 : -2.0;
  else
    for (std::int32_t k = 0; k < n_classes; ++k)
      value[k] = k == vote ? 1.0 : -1.0 / (n_classes - 1);
}

}  // namespace

EnsembleModel vote_model(const EnsembleModel& shares, std::int32_t n_classes,
                         const std::vector<double>& tree_weight) {
  if (n_classes < 1 || shares.leaf_width != (n_classes == 2 ? 1 : n_classes))
    throw ValueError("leaves of " + std::to_string(shares.leaf_width) + " shares are not of " +
                     std::to_string(n_classes) + " classes");
  const double total = total_weight(shares, tree_weight);
  EnsembleModel votes = shares;
  votes.aggregation = Aggregation::kSum;
  votes.link = n_classes == 1 ? Link::kIdentity : n_classes == 2 ? Link::kLogit : Link::kSoftmax;
  votes.nodes.split_gain = votes.nodes.hess_sum = votes.nodes.impurity = {};
  votes.nodes.n_samples = {};
  for (std::size_t tree = 0; tree < tree_weight.size(); ++tree) {
    const double weight = tree_weight[tree] / total;
    for (std::int64_t node = votes.tree_begin[tree]; node < votes.tree_begin[tree + 1]; ++node) {
      double* value = votes.nodes.value.data() + node * votes.leaf_width;
      make_vote(n_classes, value);
      for (std::int32_t k = 0; k < votes.leaf_width; ++k) value[k] *= weight;
    }
  }
  return votes;
}

}  // namespace gbengine
