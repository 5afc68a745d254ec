// What one cut each of many columns leaves on the left of a node of few rows, all columns at once.
//
// LeftCounts counts the rows of each class, LeftOnes those of two; LeftPairs adds up pairs. All are
// for tables whose rows' codes lie together. Used by the searches for random cuts. Example:
//   counts.open(rows, n_classes, [&](std::int64_t i) { return slot[rows.rows[i]]; });
//   counts.count(view, cuts);
//   counts.at(/*k=*/1, feature);   // rows of class 1 that go left
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/criterion/pair.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/kernel/kernels.hpp"

namespace gbengine {

/// The cuts of some columns as bytes by column.
class CutBytes {
 public:
  /// The view has row codes; columns without a cut get an arbitrary one.
  void set(const CodedView& view, std::span<const DrawnCut> cuts) {
    n_columns_ = padded_columns(view.row_stride());
    last_.resize(static_cast<std::size_t>(n_columns_));
    also_.resize(last_.size());
    for (const DrawnCut& cut : cuts) {
      const auto f = static_cast<std::size_t>(cut.feature);
      last_[f] = static_cast<std::uint8_t>(cut.cut.code);
      also_[f] = cut.missing_goes_left ? static_cast<std::uint8_t>(view.column(cut.feature).n_codes)
                                       : last_[f];
    }
  }

  std::size_t n_columns() const { return static_cast<std::size_t>(n_columns_); }
  const std::uint8_t* last() const { return last_.data(); }
  const std::uint8_t* also() const { return also_.data(); }

 private:
  std::int64_t n_columns_ = 0;
  std::vector<std::uint8_t> last_, also_;
};

class LeftCounts {
 public:
  /// @param class_of the class of a node's i-th row
  template <typename ClassOf>
  void open(const NodeRows& rows, std::size_t n_classes, ClassOf&& class_of) {
    end_.assign(n_classes + 1, 0);
    for (std::int64_t i = 0; i < rows.n; ++i) ++end_[class_of(i) + 1];
    for (std::size_t k = 1; k <= n_classes; ++k) end_[k] += end_[k - 1];
    by_class_.resize(static_cast<std::size_t>(rows.n));
    next_.assign(end_.begin(), end_.end() - 1);
    for (std::int64_t i = 0; i < rows.n; ++i) by_class_[next_[class_of(i)]++] = rows.rows[i];
  }

  void count(const CodedView& view, std::span<const DrawnCut> cuts) {
    bytes_.set(view, cuts);
    const std::size_t n_classes = end_.size() - 1;
    counts_.resize(n_classes * bytes_.n_columns());
    for (std::size_t k = 0; k < n_classes; ++k)
      kernels().cuts.count_left(view.code_rows(by_class_.data() + end_[k],
                                               static_cast<std::int64_t>(end_[k + 1] - end_[k])),
                                static_cast<std::int64_t>(bytes_.n_columns()), bytes_.last(),
                                bytes_.also(), counts_.data() + k * bytes_.n_columns());
  }

  std::int64_t at(std::size_t k, std::int32_t feature) const {
    return counts_[k * bytes_.n_columns() + static_cast<std::size_t>(feature)];
  }

 private:
  CutBytes bytes_;
  std::vector<std::uint32_t> by_class_;  // the node's rows, class after class
  std::vector<std::size_t> end_, next_;  // of each class's rows
  std::vector<std::uint32_t> counts_;    // by class, by column
};

/// Of two classes, where every row weighs 1.
class LeftOnes {
 public:
  /// @param pairs of the rows, in their order: the class, and 1
  void count(const CodedView& view, const NodeRows& rows, std::span<const DrawnCut> cuts,
             const Pair* pairs) {
    bytes_.set(view, cuts);
    all_.resize(bytes_.n_columns());
    ones_.resize(bytes_.n_columns());
    flags_.resize(static_cast<std::size_t>(rows.n));
    for (std::int64_t i = 0; i < rows.n; ++i)
      flags_[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(-pairs[i].a);
    kernels().cuts.count_flagged(view.code_rows(rows.rows, rows.n),
                                 static_cast<std::int64_t>(bytes_.n_columns()), bytes_.last(),
                                 bytes_.also(), flags_.data(), all_.data(), ones_.data());
  }

  Pair at(std::int32_t feature) const {
    return {ones_[static_cast<std::size_t>(feature)], all_[static_cast<std::size_t>(feature)]};
  }

 private:
  CutBytes bytes_;
  std::vector<std::uint8_t> flags_;
  std::vector<std::uint32_t> all_, ones_;
};

class LeftPairs {
 public:
  /// @param pairs of the rows, in their order
  void add(const CodedView& view, const NodeRows& rows, std::span<const DrawnCut> cuts,
           const Pair* pairs, bool counts_rows) {
    static_assert(sizeof(Pair) == 2 * sizeof(std::int64_t));
    bytes_.set(view, cuts);
    a_.resize(bytes_.n_columns());
    w_.resize(bytes_.n_columns());
    n_.resize(bytes_.n_columns());
    const CodeRows codes = view.code_rows(rows.rows, rows.n);
    const auto n_columns = static_cast<std::int64_t>(bytes_.n_columns());
    kernels().cuts.add_left(codes, n_columns, bytes_.last(), bytes_.also(), &pairs->a, a_.data(),
                            w_.data());
    if (counts_rows)
      kernels().cuts.count_left(codes, n_columns, bytes_.last(), bytes_.also(), n_.data());
  }

  Pair at(std::int32_t feature) const {
    return {a_[static_cast<std::size_t>(feature)], w_[static_cast<std::size_t>(feature)]};
  }
  /// Only if rows were counted.
  std::int64_t n_rows(std::int32_t feature) const { return n_[static_cast<std::size_t>(feature)]; }

 private:
  CutBytes bytes_;
  std::vector<std::int64_t> a_, w_;
  std::vector<std::uint32_t> n_;
};

}  // namespace gbengine
