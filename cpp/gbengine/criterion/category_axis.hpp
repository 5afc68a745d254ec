// CategoryAxis: the categories of a node in an order along which the best two sides are sought.
//
// For one number or two classes the best split of categories is a split of their order by mean
// (Fisher, 1958; Breiman et al., 1984). For several classes or outputs there is no such order;
// along the first principal axis of the categories' means a nearly best one is found (Coppersmith,
// Hong, Hosking, "Partitioning nominal attributes in decision trees", 1999). Example:
//   axis.start(n_sums);
//   for (group) { axis.add_group(); add_rows_to(axis.sums()); }   // n_sums integers, weight last
//   std::span<const double> keys = axis.keys([](std::size_t k) { return 1.0; });
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gbengine {

class CategoryAxis {
 public:
  void start(std::size_t n_sums) {
    n_sums_ = n_sums;
    sums_.clear();
  }

  void add_group() { sums_.resize(sums_.size() + n_sums_, 0); }

  /// Of the group that was added last.
  std::int64_t* sums() { return sums_.data() + sums_.size() - n_sums_; }

  /// A key for each group, which weighs more than 0.
  /// @param unit of sum k: what its means are multiplied by before they are compared with others
  template <typename Unit>
  std::span<const double> keys(Unit&& unit) {
    units_.resize(n_sums_ - 1);
    for (std::size_t k = 0; k < units_.size(); ++k) units_[k] = unit(k);
    project();
    return keys_;
  }

 private:
  void project();
  void centre_means();
  void turn_axis();

  std::size_t n_sums_ = 0;
  std::vector<std::int64_t> sums_;  // group after group
  std::vector<double> units_;
  std::vector<double> means_;  // group after group: from the mean of all
  std::vector<double> axis_, turned_;
  std::vector<double> keys_;
};

}  // namespace gbengine
