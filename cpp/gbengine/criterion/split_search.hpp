// SplitSearch: finds the best split of one node's rows on one column after the other, for one
// criterion.
//
// What the grower knows of a criterion is this interface: a node is a run of rows and `n_sums`
// integers (criterion/targets.hpp), a split is scored by what its two sides add up to, the larger
// the better; the difference to the node's own score times improvement_unit is the decrease of
// impurity times the node's integer weight. One object a thread; it keeps the node that was opened
// last. Example:
//   search->start_tree(counts, /*min_weight_leaf=*/0);
//   search->sum({rows, n_rows}, sums);
//   NodeFacts facts = search->open({rows, n_rows}, sums, /*may_split=*/true, value);
//   SplitCandidate best;
//   for (f : features) search->seek(view, f, /*monotonic=*/0, best);
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "gbengine/base/category_set.hpp"
#include "gbengine/data/coded_view.hpp"
#include "gbengine/data/cut_side.hpp"

namespace gbengine {

/// What both children must keep (their least weight is the tree's), and what is asked of nodes.
struct SplitRules {
  std::int64_t min_samples_leaf;
  bool wants_impurity;  // of every node that is opened
};

/// How large the nodes get.
struct SearchSize {
  std::int64_t max_rows;
  std::int64_t max_cells;   // codes of a column, the missing one too
  bool reads_most_columns;  // of a node, so that reading all of them at once pays
};

/// Where a node's mean may lie, in the search's own units; narrowed by monotonic splits above it.
struct MeanBounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

/// Rows by their numbers in the view that is searched; `names` gives their numbers in the table
/// where that is a copy of some rows.
struct NodeRows {
  const std::uint32_t* rows;
  std::int64_t n;
  const std::uint32_t* names = nullptr;

  std::uint32_t in_table(std::int64_t i) const {
    return names == nullptr ? rows[i] : names[rows[i]];
  }
};

struct NodeFacts {
  bool is_pure;
  double score;
  double impurity;  // only if the rules want it
};

/// Which codes go left, of those that the node's rows have.
struct CategoryCut {
  CategorySet left, shown;

  /// The set of a tree: decides on every code. The last one stands for all behind it, and those
  /// that the node does not show go the way of the heavier side.
  CategorySet whole_left(std::uint32_t last_code, bool left_is_heavier) const {
    CategorySet all_left = left, all_shown = shown;
    if (left.contains(last_code)) all_left.insert_from(last_code);
    if (shown.contains(last_code)) all_shown.insert_from(last_code);
    if (left_is_heavier) all_left.insert_all_but(all_shown);
    return all_left;
  }
};

struct SplitCandidate {
  double score = -std::numeric_limits<double>::infinity();
  std::int32_t feature = -1;
  Cut cut{};               // of a column whose codes have an order
  CategoryCut categories;  // of one whose codes have none
  bool missing_goes_left = false;
  bool saw_missing = false;  // if not, which way missing values go is not the search's to say
  double left_mean = 0.0, right_mean = 0.0;  // only of a monotonic feature
  bool is_perfect = false;  // both sides are pure and known to be: no split can score higher

  bool is_valid() const { return feature >= 0; }
  bool is_categorical() const { return !categories.shown.is_empty(); }
};

/// One cut of one column, drawn at random (learn/cut_draw.hpp).
struct DrawnCut {
  std::int32_t feature;
  int monotonic;  // -1, 0 or 1: which way the mean must go as the column grows
  bool is_categorical;
  bool saw_missing;
  bool missing_goes_left;  // only if the node has missing rows
  Cut cut;                 // of a column whose codes have an order
  CategoryCut categories;  // of one whose codes have none

  CutSide side(const CodeColumn& column) const {
    return {cut.code, column.n_codes, missing_goes_left,
            is_categorical ? &categories.left : nullptr};
  }
};

class SplitSearch {
 public:
  virtual ~SplitSearch() = default;

  /// @param counts by row, how often it was drawn; nullptr: every row once. Must outlive the tree.
  /// @param min_weight_leaf that both children must keep, in integer weight
  virtual void start_tree(const std::uint32_t* counts, std::int64_t min_weight_leaf) = 0;

  /// Whether the rows of a branch may be searched in a copy of them (NodeRows::names).
  virtual bool takes_copies() const { return false; }

  /// From now on rows are numbered by their place in this list; nullptr: as in the table again.
  virtual void rename_rows(const std::uint32_t* /*names*/, std::int64_t /*n*/) {}

  /// What the rows add up to.
  virtual void sum(const NodeRows& rows, std::int64_t* sums) const = 0;

  /// Makes a node the one to be searched, if it may be split, and says what it is.
  /// @param value gets the node's n_values doubles
  virtual NodeFacts open(const NodeRows& rows, const std::int64_t* sums, bool may_split,
                         double* value) = 0;

  /// The bounds of the means in the node that is opened next, and below it: its value is moved
  /// between them, as scikit-learn does.
  virtual void set_bounds(const MeanBounds& bounds) = 0;

  /// Tries every split of the node, which may be split and is not pure, on a column; one with a
  /// higher score replaces `best`, so that of equal ones the first that is tried stays.
  /// @param monotonic -1, 0 or 1: which way the mean must go as the column grows
  /// @return false if the node's rows are all the same there
  virtual bool seek(const CodedView& table, std::int32_t feature, int monotonic,
                    SplitCandidate& best) = 0;

  /// Tries these cuts of the node, one after the other, in the same way.
  virtual void try_cuts(const CodedView& table, std::span<const DrawnCut> cuts,
                        SplitCandidate& best) = 0;

  /// What the left rows of the best candidate since `open` add up to.
  virtual const std::int64_t* best_left() const = 0;

  /// Decrease of impurity, times the node's integer weight, for a difference of 1 in score.
  virtual double improvement_unit() const = 0;
};

}  // namespace gbengine
