#include "gbengine/criterion/category_axis.hpp"

#include <algorithm>
#include <cmath>

namespace gbengine {
namespace {

// The axis only guides the search, so a rough one will do.
constexpr int kTurns = 8;

}  // namespace

void CategoryAxis::project() {
  centre_means();
  const std::size_t width = n_sums_ - 1, n_groups = sums_.size() / n_sums_;
  // Power iteration, from the group that lies farthest out for its weight.
  std::size_t farthest = 0;
  double most = -1.0;
  for (std::size_t g = 0; g < n_groups; ++g) {
    double squares = 0.0;
    for (std::size_t k = 0; k < width; ++k)
      squares += means_[g * width + k] * means_[g * width + k];
    squares *= static_cast<double>(sums_[g * n_sums_ + width]);
    if (squares > most) {
      most = squares;
      farthest = g;
    }
  }
  axis_.assign(means_.begin() + static_cast<std::ptrdiff_t>(farthest * width),
               means_.begin() + static_cast<std::ptrdiff_t>((farthest + 1) * width));
  for (int turn = 0; turn < kTurns; ++turn) turn_axis();
  keys_.assign(n_groups, 0.0);
  for (std::size_t g = 0; g < n_groups; ++g)
    for (std::size_t k = 0; k < width; ++k) keys_[g] += means_[g * width + k] * axis_[k];
}

void CategoryAxis::centre_means() {
  const std::size_t width = n_sums_ - 1, n_groups = sums_.size() / n_sums_;
  means_.resize(n_groups * width);
  for (std::size_t k = 0; k < width; ++k) {
    double sum = 0.0, weight = 0.0;
    for (std::size_t g = 0; g < n_groups; ++g) {
      sum += static_cast<double>(sums_[g * n_sums_ + k]);
      weight += static_cast<double>(sums_[g * n_sums_ + width]);
    }
    for (std::size_t g = 0; g < n_groups; ++g) {
      const double mean = static_cast<double>(sums_[g * n_sums_ + k]) /
                          static_cast<double>(sums_[g * n_sums_ + width]);
      means_[g * width + k] = (mean - sum / weight) * units_[k];
    }
  }
}

/// One step of the power iteration: the covariance of the means times the axis, scaled.
void CategoryAxis::turn_axis() {
  const std::size_t width = axis_.size();
  turned_.assign(width, 0.0);
  for (std::size_t g = 0; g < sums_.size() / n_sums_; ++g) {
    double along = 0.0;
    for (std::size_t k = 0; k < width; ++k) along += means_[g * width + k] * axis_[k];
    along *= static_cast<double>(sums_[g * n_sums_ + width]);
    for (std::size_t k = 0; k < width; ++k) turned_[k] += along * means_[g * width + k];
  }
  double largest = 0.0;
  for (const double x : turned_) largest = std::max(largest, std::abs(x));
  if (!(largest > 0.0)) return;  // all groups alike: any order will do
  for (std::size_t k = 0; k < width; ++k) axis_[k] = turned_[k] / largest;
}

}  // namespace gbengine
