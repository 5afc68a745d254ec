#include "gbengine/learn/node_columns.hpp"

#include <algorithm>
#include <utility>

namespace gbengine {
namespace {

/// Bringing a cell to its column costs about as much as passing over this many in theirs.
constexpr std::int64_t kGatherCost = 8;
/// Steps between rows of a node fit in a cell then.
constexpr std::int64_t kMostRows = 1 << 16;

}  // namespace

NodeColumns::NodeColumns(const BinnedMatrix& x) : x_(x), filler_(0) {}

void NodeColumns::hold(const std::uint32_t* row_idx, std::int64_t n) {
  row_idx_ = row_idx;
  n_ = n;
  has_pairs_ = false;
  is_gathered_ = has_few_cells();
  if (is_gathered_) gather_cells();
}

bool NodeColumns::has_few_cells() const {
  if (row_idx_ == nullptr || n_ > kMostRows) return false;
  const CodedLines& rows = x_.sparse->rows;
  const std::int64_t limit = rows.n_cells() / kGatherCost;
  std::int64_t n_cells = 0;
  for (std::int64_t i = 0; i < n_ && n_cells <= limit; ++i) n_cells += rows.n_cells(row_idx_[i]);
  return n_cells <= limit;
}

void NodeColumns::gather_cells() {
  const CodedLines& rows = x_.sparse->rows;
  filler_.restart(std::move(gathered_), x_.mappers.size());
  for (std::int64_t i = 0; i < n_; ++i)
    rows.for_each(row_idx_[i], [&](std::size_t f, std::uint8_t) {
      filler_.count(f, static_cast<std::uint32_t>(i));
    });
  filler_.start();
  for (std::int64_t i = 0; i < n_; ++i)
    rows.for_each(row_idx_[i], [&](std::size_t f, std::uint8_t code) {
      filler_.add(f, static_cast<std::uint32_t>(i), code,
                  [&](std::uint32_t) { return x_.sparse->zero_code[f]; });
    });
  gathered_ = filler_.take();
}

/// The values of the rows that lines() has, 0 for those that are not the node's.
template <typename Value, typename ValueAt>
void NodeColumns::fill(ValueAt value_at, AlignedBuffer<Value>& values) const {
  if (values.size() == 0) values = AlignedBuffer<Value>(static_cast<std::size_t>(x_.n_rows));
  if (!is_gathered_) std::fill(values.begin(), values.end(), Value{});
  for (std::int64_t i = 0; i < n_; ++i)
    values[is_gathered_ ? static_cast<std::size_t>(i) : row_idx_[i]] = value_at(row_idx_[i]);
}

const GradientPair* NodeColumns::pairs(const GradientPair* of_row) {
  if (row_idx_ == nullptr) return of_row;
  if (!has_pairs_) fill([&](std::uint32_t row) { return of_row[row]; }, pairs_);
  has_pairs_ = true;
  return pairs_.data();
}

const std::int32_t* NodeColumns::reps(const std::int32_t* of_row) {
  if (row_idx_ == nullptr || (is_gathered_ && of_row == nullptr)) return of_row;
  fill([&](std::uint32_t row) { return of_row == nullptr ? 1 : of_row[row]; }, reps_);
  return reps_.data();
}

}  // namespace gbengine
