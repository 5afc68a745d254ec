// Every criterion's search against a naive scan over all splits.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "cart_samples.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/base/rng.hpp"
#include "gbengine/criterion/registry.hpp"
#include "gbengine/learn/cut_draw.hpp"
#include "naive_split.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

struct Case {
  std::string criterion;
  std::int32_t n_outputs;
  std::vector<std::int32_t> n_classes;
};

/// Every criterion with one output, two classes and three, and with several outputs.
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const CriterionRow& row : criterion_registry()) {
    const std::string name(row.name);
    if (row.task == "regression") {
      all.push_back({name, 1, {}});
      all.push_back({name, 2, {}});
    } else {
      for (const auto& n_classes :
           std::vector<std::vector<std::int32_t>>{{2}, {3}, {1}, {2, 3}, {2, 2}})
        all.push_back({name, static_cast<std::int32_t>(n_classes.size()), n_classes});
    }
  }
  return all;
}

struct Rules {
  std::int64_t min_samples_leaf, min_weight_leaf;
};

/// A search on some rows of a table, and the same node as the naive scan sees it.
class Node {
 public:
  Node(const Case& which, std::int64_t n_rows, Weights weights, bool is_drawn, Rules rules,
       unsigned seed)
      : table_(sample_table(n_rows, 5, seed)),
        coded_(table_.coded(seed % 2 == 0 ? 0 : 255)),  // so few values all have a bin
        view_(coded_),
        reads_most_columns_(seed % 4 < 2),
        y_(sample_targets(table_, which.n_classes, which.n_outputs, seed)),
        weight_(sample_weights(n_rows, weights, seed)),
        targets_(make_targets(Parallel(1), {y_.data(), n_rows, which.n_outputs}, which.n_classes,
                              pointer(weight_), 4 * n_rows)),
        counts_(is_drawn ? static_cast<std::size_t>(n_rows) : 0) {
    std::mt19937 random(seed + 3);
    for (auto& count : counts_) count = random() % 4;
    for (std::uint32_t row = 0; row < n_rows; ++row)
      if (random() % 4 != 0 && (!is_drawn || counts_[row] > 0)) rows_.push_back(row);
    search_ = find_criterion(which.criterion)
                  .make_search(targets_, {rules.min_samples_leaf, true},
                               {n_rows, n_rows + 1, reads_most_columns_});
    search_->start_tree(is_drawn ? counts_.data() : nullptr, rules.min_weight_leaf);
    sums_.resize(static_cast<std::size_t>(targets_.n_sums));
    search_->sum(rows(), sums_.data());
    value_.resize(static_cast<std::size_t>(targets_.n_values));
    if (!rows_.empty()) facts_ = search_->open(rows(), sums_.data(), true, value_.data());
    naive_ = {which.criterion, &targets_, is_drawn ? counts_.data() : nullptr,
              rules.min_samples_leaf, rules.min_weight_leaf};
  }

  NodeRows rows() const { return {rows_.data(), static_cast<std::int64_t>(rows_.size())}; }

  double improvement(const SplitCandidate& best) const {
    return (best.score - facts_.score) * search_->improvement_unit() /
           static_cast<double>(sums_.back());
  }

  void check_facts() const {
    CHECK(facts_.impurity == doctest::Approx(naive_.impurity(rows_)).epsilon(1e-9));
    const std::vector<double> expected = naive_.value(rows_);
    for (std::size_t k = 0; k < value_.size(); ++k)
      CHECK(value_[k] == doctest::Approx(expected[k]).epsilon(1e-9));
    if (facts_.is_pure) CHECK(facts_.impurity == 0.0);
  }

  void check_seek(std::int32_t feature, int monotonic) {
    const auto splits = naive_.splits(table_, feature, rows_, monotonic);
    double most = -1.0;
    for (const NaiveSplit& split : splits) most = std::max(most, split.improvement);
    SplitCandidate best;
    const bool can_split = search_->seek(coded_, feature, monotonic, best);
    CHECK(can_split == !naive_.is_constant(table_, feature, rows_));
    REQUIRE(best.is_valid() == !splits.empty());
    if (splits.empty()) return;
    CHECK(std::abs(improvement(best) - most) <= 1e-9);
    check_chosen(feature, best);
  }

  /// The candidate says of itself what the naive node says of the same two sides.
  std::vector<std::uint32_t> check_chosen(std::int32_t feature, const SplitCandidate& best) {
    const auto left = naive_.left_rows(table_, feature, rows_, best.cut.threshold,
                                       best.saw_missing && best.missing_goes_left);
    CHECK(std::abs(naive_.improvement(rows_, left) - improvement(best)) <= 1e-9);
    CHECK(best.saw_missing == naive_.has_missing(table_, feature, rows_));
    std::vector<std::int64_t> sums(sums_.size());
    search_->sum({left.data(), static_cast<std::int64_t>(left.size())}, sums.data());
    CHECK(std::equal(sums.begin(), sums.end(), search_->best_left()));
    CHECK(best.feature == feature);
    if (best.is_perfect)
      CHECK(naive_.impurity(left) + naive_.impurity(naive_.others(rows_, left)) == 0.0);
    return left;
  }

  /// Random cuts are allowed ones, and say of themselves what the naive node says.
  void check_cuts(std::int32_t feature, int monotonic) {
    const auto allowed = naive_.splits(table_, feature, rows_, monotonic);
    const auto refused = naive_.refused(table_, feature, rows_, monotonic);
    for (std::uint64_t key = 0; key < 6; ++key) {
      const std::vector<DrawnCut> cuts = draw_cuts({feature}, monotonic, key);
      CHECK(cuts.empty() == naive_.is_constant(table_, feature, rows_));
      SplitCandidate best;
      search_->try_cuts(coded_, cuts, best);
      if (allowed.empty()) CHECK_FALSE(best.is_valid());
      if (refused.empty()) CHECK(best.is_valid() == !cuts.empty());
      if (!best.is_valid()) continue;
      const auto left = check_chosen(feature, best);
      CHECK(naive_.is_allowed(left, naive_.others(rows_, left), monotonic));
    }
  }

  /// Cuts of many columns together say what they say one by one.
  void check_cuts_together(int monotonic) {
    std::vector<std::int32_t> features(static_cast<std::size_t>(table_.n_cols));
    std::iota(features.begin(), features.end(), 0);
    for (std::uint64_t key = 0; key < 4; ++key) {
      const std::vector<DrawnCut> cuts = draw_cuts(features, monotonic, key);
      SplitCandidate together, one_by_one;
      for (const DrawnCut& cut : cuts) search_->try_cuts(coded_, {&cut, 1}, one_by_one);
      const std::vector<std::int64_t> left(search_->best_left(),
                                           search_->best_left() + sums_.size());
      search_->try_cuts(coded_, cuts, together);
      CHECK(together.feature == one_by_one.feature);
      CHECK(together.score == one_by_one.score);
      CHECK(together.cut.threshold == one_by_one.cut.threshold);
      CHECK(together.missing_goes_left == one_by_one.missing_goes_left);
      CHECK(together.saw_missing == one_by_one.saw_missing);
      CHECK(together.is_perfect == one_by_one.is_perfect);
      if (together.is_valid()) CHECK(std::equal(left.begin(), left.end(), search_->best_left()));
    }
  }

  void check_all(bool with_monotonic) {
    if (rows_.empty()) return;
    check_facts();
    if (facts_.is_pure) return;
    for (const int monotonic : {0, 1, -1})
      if (monotonic == 0 || with_monotonic) check_cuts_together(monotonic);
    for (std::int32_t f = 0; f < table_.n_cols; ++f)
      for (const int monotonic : {0, 1, -1}) {
        if (monotonic != 0 && !with_monotonic) continue;
        CAPTURE(f);
        CAPTURE(monotonic);
        check_seek(f, monotonic);
        check_cuts(f, monotonic);
      }
  }

  const Targets& targets() const { return targets_; }

 private:
  std::vector<DrawnCut> draw_cuts(const std::vector<std::int32_t>& features, int monotonic,
                                  std::uint64_t key) {
    const CounterRng rng(1, RngPurpose::kCartCut);
    CutDraw draw(coded_, reads_most_columns_);
    draw.start(view_, rows(), rng.at(7, key));
    std::vector<DrawnCut> cuts;
    for (const std::int32_t f : features) {
      DrawnCut cut;
      if (draw.draw(f, monotonic, cut)) cuts.push_back(cut);
    }
    return cuts;
  }

  SampleTable table_;
  CodedTable coded_;
  CodedView view_;
  bool reads_most_columns_;
  std::vector<double> y_, weight_;
  Targets targets_;
  std::vector<std::uint32_t> counts_, rows_;
  std::unique_ptr<SplitSearch> search_;
  std::vector<std::int64_t> sums_;
  std::vector<double> value_;
  NodeFacts facts_{};
  NaiveNode naive_;
};

bool has_one_mean(const Case& which) {
  return which.n_outputs == 1 && (which.n_classes.empty() || which.n_classes[0] == 2);
}

}  // namespace

TEST_CASE("criteria: the best split of every column is the naive scan's, under every rule") {
  const std::vector<Rules> rules{{1, 0}, {4, 0}, {1, 9}, {3, 12}};
  unsigned seed = 0;
  for (const Case& which : cases())
    for (const Weights weights : {Weights::kNone, Weights::kWhole, Weights::kFractional})
      for (const bool is_drawn : {false, true})
        for (Rules rule : rules) {
          if (weights == Weights::kFractional) rule.min_weight_leaf <<= kFractionBits - 1;
          for (const std::int64_t n_rows : {6, 40}) {
            CAPTURE(which.criterion);
            CAPTURE(which.n_outputs);
            CAPTURE(static_cast<int>(weights));
            CAPTURE(is_drawn);
            CAPTURE(rule.min_samples_leaf);
            CAPTURE(rule.min_weight_leaf);
            CAPTURE(n_rows);
            Node(which, n_rows, weights, is_drawn, rule, ++seed).check_all(has_one_mean(which));
          }
        }
}

TEST_CASE("criteria: cells and sorting find the same split") {
  // 1500 rows of many values: a node of 60 of them is sorted, a table of only these has cells.
  for (const Case& which : cases()) {
    CAPTURE(which.criterion);
    const SampleTable table = sample_table(1500, 5, 11);
    std::vector<double> y = sample_targets(table, which.n_classes, which.n_outputs, 11);
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < 1500; row += 25) rows.push_back(row);
    const SampleTable few = table.rows(rows);
    std::vector<double> few_y;
    for (const std::uint32_t row : rows)
      for (std::int32_t k = 0; k < which.n_outputs; ++k)
        few_y.push_back(y[static_cast<std::size_t>(std::int64_t{row} * which.n_outputs + k)]);
    const auto n_few = static_cast<std::int64_t>(rows.size());
    const auto best_of = [&](const SampleTable& x, const std::vector<double>& of,
                             const std::vector<std::uint32_t>& node, std::int64_t max_cells) {
      const CodedTable coded = x.coded();
      const Targets targets = make_targets(Parallel(1), {of.data(), x.n_rows, which.n_outputs},
                                           which.n_classes, nullptr, 2000);
      const auto search = find_criterion(which.criterion)
                              .make_search(targets, {3, false}, {x.n_rows, max_cells, false});
      search->start_tree(nullptr, 0);
      std::vector<std::int64_t> sums(static_cast<std::size_t>(targets.n_sums));
      std::vector<double> value(static_cast<std::size_t>(targets.n_values));
      const NodeRows span{node.data(), static_cast<std::int64_t>(node.size())};
      search->sum(span, sums.data());
      std::vector<double> found;
      if (search->open(span, sums.data(), true, value.data()).is_pure) return found;
      for (std::int32_t f = 0; f < x.n_cols; ++f) {
        SplitCandidate best;
        search->seek(coded, f, 0, best);
        if (best.is_valid())
          found.insert(found.end(), {static_cast<double>(f), best.cut.threshold,
                                     best.missing_goes_left ? 1.0 : 0.0,
                                     static_cast<double>(search->best_left()[targets.n_sums - 1])});
      }
      return found;
    };
    CHECK(best_of(table, y, rows, 1501) == best_of(few, few_y, all_rows(n_few), n_few + 1));
  }
}

TEST_CASE("criteria: of equal splits the one that was found first stays") {
  const std::vector<double> y{0, 0, 1, 1};
  const SampleTable table{4, 2, {1, 1, 2, 2, 3, 3, 4, 4}};  // two equal columns
  const CodedTable coded = table.coded();
  for (const CriterionRow& row : criterion_registry()) {
    if (row.name == "poisson") continue;  // no side may be all zeros
    CAPTURE(row.name);
    const std::vector<std::int32_t> n_classes(row.task == "classification" ? 1 : 0, 2);
    const Targets targets = make_targets(Parallel(1), {y.data(), 4, 1}, n_classes, nullptr, 0);
    const auto search = row.make_search(targets, {1, true}, {4, 5, false});
    search->start_tree(nullptr, 0);
    const std::vector<std::uint32_t> rows = all_rows(4);
    std::vector<std::int64_t> sums(2);
    double value;
    search->sum({rows.data(), 4}, sums.data());
    search->open({rows.data(), 4}, sums.data(), true, &value);
    SplitCandidate best;
    search->seek(coded, 1, 0, best);
    CHECK(best.feature == 1);
    search->seek(coded, 0, 0, best);
    CHECK(best.feature == 1);
    CHECK(best.cut.threshold == 2.5);
  }
}

TEST_CASE("criteria: unknown names are refused with the list of known ones") {
  CHECK_THROWS_WITH_AS(find_criterion("mse"),
                       "criterion must be one of 'gini', 'entropy', 'log_loss', 'squared_error', "
                       "'absolute_error', 'poisson', got 'mse'",
                       ValueError);
}
