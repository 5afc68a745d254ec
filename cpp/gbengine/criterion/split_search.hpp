// SplitSearch: finds the best split of one node's rows on one column after the other, for one
// criterion.
//
// What the grower knows of a criterion is this interface: a node is a run of rows and `n_sums`
// integers (criterion/targets.hpp), a split is scored by what its two sides add up to, the larger
// the better; the difference to the node's own score times improvement_unit is the decrease of
// impurity times the node's integer weight. One object a thread; it keeps the node that was opened
// last. Example:
//   search->start_tree(counts, /*min_weight_leaf=*/0);
//   NodeFacts facts = search->open({rows, n}, sums, {}, /*may_split=*/true, value);
//   SplitCandidate best;
//   for (f : features) search->seek(table.column(f), f, 0, best);
#pragma once

#include <cstdint>
#include <limits>

#include "gbengine/data/coded_table.hpp"

namespace gbengine {

/// What both children must keep (their least weight is the tree's), and what is asked of nodes.
struct SplitRules {
  std::int64_t min_samples_leaf;
  bool wants_impurity;  // of every node that is opened
};

/// How large the nodes get.
struct SearchSize {
  std::int64_t max_rows;
  std::int64_t max_cells;  // codes of a column, the missing one too
};

/// Where a node's mean may lie, in the search's own units; narrowed by monotonic splits above it.
struct MeanBounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

struct NodeRows {
  const std::uint32_t* rows;
  std::int64_t n;
};

struct NodeFacts {
  bool is_pure;
  double score;
  double impurity;  // only if the rules want it
};

struct SplitCandidate {
  double score = -std::numeric_limits<double>::infinity();
  std::int32_t feature = -1;
  Cut cut{};
  bool missing_goes_left = false;
  bool saw_missing = false;  // if not, which way missing values go is not the search's to say
  double left_mean = 0.0, right_mean = 0.0;  // only of a monotonic feature

  bool is_valid() const { return feature >= 0; }
};

/// Of the rows of the node, in one column.
struct CodeRange {
  std::uint32_t low, high;  // low > high if all are missing
  bool has_missing;
};

class SplitSearch {
 public:
  virtual ~SplitSearch() = default;

  /// @param counts by row, how often it was drawn; nullptr: every row once. Must outlive the tree.
  /// @param min_weight_leaf that both children must keep, in integer weight
  virtual void start_tree(const std::uint32_t* counts, std::int64_t min_weight_leaf) = 0;

  /// What the rows add up to.
  virtual void sum(const NodeRows& rows, std::int64_t* sums) const = 0;

  /// Makes a node the one to be searched, if it may be split, and says what it is.
  /// @param value gets the node's n_values doubles
  virtual NodeFacts open(const NodeRows& rows, const std::int64_t* sums, bool may_split,
                         double* value) = 0;

  /// The bounds of the means in the node that is opened next, and below it: its value is moved
  /// between them, as scikit-learn does.
  virtual void set_bounds(const MeanBounds& bounds) = 0;

  /// Tries every split of the node on a column; one with a higher score replaces `best`, so that of
  /// equal ones the first that is tried stays.
  /// @param monotonic -1, 0 or 1: which way the mean must go as the column grows
  /// @return false if the node's rows are all the same there
  virtual bool seek(const CodedTable& table, std::int32_t feature, int monotonic,
                    SplitCandidate& best) = 0;

  /// Reads a column for try_cut.
  virtual CodeRange read(const CodedTable& table, std::int32_t feature) = 0;

  /// Tries one split on the column that was read last.
  virtual void try_cut(const Cut& cut, bool missing_goes_left, std::int32_t feature, int monotonic,
                       SplitCandidate& best) = 0;

  /// What the left rows of the best candidate since `open` add up to.
  virtual const std::int64_t* best_left() const = 0;

  /// Decrease of impurity, times the node's integer weight, for a difference of 1 in score.
  virtual double improvement_unit() const = 0;
};

}  // namespace gbengine
