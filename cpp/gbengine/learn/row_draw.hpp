// RowDraw: which rows a tree is grown on, and how often each.
//
// Rows are drawn by their content, not by their place: all rows stand in one order given by a hash
// of their codes and targets, a row of whole weight k on k places of it, and a draw names a place.
// So neither the order of the table nor whether a row is repeated or weighs k changes what a tree
// sees. Example:
//   RowDraw draw(parallel, table, y, weight, {Sampling::kWithReplacement, n_rows}, seed);
//   draw.counts(tree_idx, counts);   // by row
// What a draw needs of the table is the order alone; whoever has kept it draws the same once more:
//   RowDraw again(order, weight, {Sampling::kWithReplacement, n_rows}, seed);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/rng.hpp"
#include "gbengine/criterion/targets.hpp"
#include "gbengine/data/coded_table.hpp"

namespace gbengine {

enum class Sampling : std::uint8_t { kAll, kWithReplacement, kWithoutReplacement };

struct DrawConfig {
  Sampling sampling;
  std::int64_t n_draws;  // 0 for kAll
};

/// Row numbers in an order that depends on the rows' codes, targets and weights (nullptr: all the
/// same) alone; rows that are equal in codes and targets stand together.
std::vector<std::uint32_t> content_order(const Parallel& parallel, const CodedTable& table,
                                         const TargetView& y, const double* weight);

class RowDraw {
 public:
  /// @param weight n_rows: chances of being drawn, > 0; nullptr: all the same
  /// Throws ValueError if more rows than there are would be drawn without replacement.
  RowDraw(const Parallel& parallel, const CodedTable& table, const TargetView& y,
          const double* weight, const DrawConfig& config, std::uint64_t seed);

  /// The same without the table, for later.
  /// @param order what order() gave; not empty, so config must not take all rows
  /// Throws ValueError if it does not name each row once, too.
  RowDraw(std::vector<std::uint32_t> order, const double* weight, const DrawConfig& config,
          std::uint64_t seed);

  bool draws_all() const { return config_.sampling == Sampling::kAll; }

  /// All rows by content; empty if all rows are taken anyway.
  const std::vector<std::uint32_t>& order() const { return order_; }

  /// Most rows of a tree, each counted once.
  std::int64_t max_rows() const;

  /// Gives each row a number of places, at least 1, for the draws to come; for chances that change
  /// from tree to tree.
  /// @param n_places_of_row n_rows, with a sum below 2^63
  void set_places(const std::uint64_t* n_places_of_row);

  /// How often each row was drawn for a tree: n_rows counts.
  void counts(std::uint64_t tree_idx, std::uint32_t* counts) const;

  /// The rows that were drawn at all, ascending.
  std::vector<std::uint32_t> drawn_rows(const std::uint32_t* counts) const;

 private:
  void draw_with_replacement(std::uint64_t tree_idx, std::uint32_t* counts) const;
  void draw_places(std::uint64_t tree_idx, std::uint32_t* counts) const;
  void draw_by_weight(std::uint64_t tree_idx, std::uint32_t* counts) const;
  std::uint32_t row_at(std::uint64_t place) const;
  void place_rows(const double* weight);
  void place_all(const double* weight);

  DrawConfig config_;
  CounterRng rng_;
  std::int64_t n_rows_;
  std::vector<std::uint32_t> order_;
  // Weighted rows only: where each row's places end, and for each of n_rows equal stretches of
  // places the first row that ends behind its begin.
  std::vector<std::uint64_t> place_end_;
  std::vector<std::uint32_t> guide_;
  std::uint64_t n_places_ = 0;
  bool is_whole_ = true;
  std::vector<double> weight_;  // by place in order_, for draws without replacement
};

}  // namespace gbengine
