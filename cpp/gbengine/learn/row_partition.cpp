#include "gbengine/learn/row_partition.hpp"

#include <algorithm>
#include <vector>

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kReadPast = 64;
constexpr std::int64_t kPieceRows = 1 << 15;  // a multiple of 64: pieces own whole words of bits

/// The bins that go left, the missing one among them. The set that the rule has is of codes: of
/// those in the last bin it has one bit each, and the missing bin's number is one of theirs.
CategorySet with_missing(const SplitRule& rule, const BinMapper& mapper) {
  CategorySet bins;
  const auto n_bins = static_cast<std::uint32_t>(mapper.n_bins());
  for (std::uint32_t bin = 0; bin < n_bins; ++bin)
    if (rule.left_codes.contains(bin)) bins.insert(bin);
  if (rule.missing_goes_left) bins.insert(n_bins);
  return bins;
}

}  // namespace

RowPartition::RowPartition(std::int64_t n_rows)
    : n_rows_(n_rows), goes_left_(static_cast<std::size_t>(n_rows + 63) / 64) {
  for (auto& buffer : buffers_)
    buffer = AlignedBuffer<std::uint32_t>(static_cast<std::size_t>(n_rows));
}

RowRun RowPartition::start_all() const {
  return {0, n_rows_, -1};
}

RowRun RowPartition::left_child(const RowRun& node, std::int64_t n_left) {
  return {node.begin, n_left, static_cast<std::int8_t>(node.buffer == 0 ? 1 : 0)};
}

RowRun RowPartition::right_child(const RowRun& node, std::int64_t n_left) {
  const RowRun left = left_child(node, n_left);
  return {left.begin + n_left, node.size - n_left, left.buffer};
}

const std::uint8_t* RowPartition::column_of(const BinnedMatrix& x, std::int32_t feature) {
  if (!x.sparse) return x.column(feature);
  if (column_.size() == 0)
    column_ = AlignedBuffer<std::uint8_t>(static_cast<std::size_t>(n_rows_ + kReadPast));
  std::fill_n(column_.data() + n_rows_, kReadPast, std::uint8_t{0});
  x.sparse->copy_column(feature, n_rows_, column_.data());
  return column_.data();
}

std::int64_t RowPartition::split(const Parallel& parallel, const BinnedMatrix& x,
                                 const RowRun& node, const SplitRule& rule) {
  const BinMapper& mapper = x.mappers[static_cast<std::size_t>(rule.feature)];
  const auto missing = static_cast<std::uint8_t>(mapper.missing_bin());
  CategorySet left_bins;
  if (mapper.is_categorical()) left_bins = with_missing(rule, mapper);
  const std::uint8_t* const column = column_of(x, rule.feature);
  const std::uint32_t* rows = this->rows(node);
  std::uint32_t* const out = buffers_[left_child(node, 0).buffer].data() + node.begin;
  const auto piece_args = [&](std::int64_t begin, std::int64_t end) {
    return PartitionArgs{rows == nullptr ? nullptr : rows + begin,
                         rows == nullptr ? begin : 0,
                         end - begin,
                         column,
                         rule.bin,
                         rule.missing_goes_left ? missing : rule.bin,
                         mapper.is_categorical() ? left_bins.words().data() : nullptr,
                         goes_left_.data() + begin / 64,
                         nullptr,
                         nullptr};
  };

  const std::int64_t n_pieces = (node.size + kPieceRows - 1) / kPieceRows;
  std::vector<std::int64_t> piece_left(static_cast<std::size_t>(n_pieces));
  parallel.for_rows(node.size, kPieceRows, [&](std::int64_t begin, std::int64_t end, int) {
    piece_left[static_cast<std::size_t>(begin / kPieceRows)] =
        kernels().partition.decide(piece_args(begin, end));
  });
  std::int64_t n_left = 0;  // from counts to first places
  std::vector<std::int64_t> left_before(static_cast<std::size_t>(n_pieces));
  for (std::size_t piece = 0; piece < piece_left.size(); ++piece) {
    left_before[piece] = n_left;
    n_left += piece_left[piece];
  }
  parallel.for_rows(node.size, kPieceRows, [&](std::int64_t begin, std::int64_t end, int) {
    const auto piece = static_cast<std::size_t>(begin / kPieceRows);
    PartitionArgs args = piece_args(begin, end);
    args.left = out + left_before[piece];
    args.right = out + n_left + (begin - left_before[piece]);
    kernels().partition.scatter(args, piece_left[piece]);
  });
  return n_left;
}

}  // namespace gbengine
