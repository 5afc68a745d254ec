// The validator against broken models: each rule by itself, then thousands of random corruptions,
// after which a model is either refused or predicts like the naive walk.
#include <doctest/doctest.h>

#include <cstring>
#include <functional>

#include "gbengine/base/error.hpp"
#include "gbengine/predict/predict_engine.hpp"
#include "random_trees.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

/// Three trees: nodes 0-8 (5 leaves), 9 (a leaf), 10-14 (3 leaves). The root of the first and its
/// children are 0, 1, 2.
EnsembleModel valid_model() {
  return random_model(4, 2, {5, 1, 3}, TreeForm::kRightChain, 1);
}

std::string refusal(const std::function<void(EnsembleModel&)>& break_it) {
  EnsembleModel model = valid_model();
  validate(model);
  break_it(model);
  try {
    validate(model);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "accepted";
}

void check_refused(const std::string& text, const std::function<void(EnsembleModel&)>& break_it) {
  const std::string answer = refusal(break_it);
  CAPTURE(answer);
  CHECK(answer.find(text) != std::string::npos);
}

/// A leaf and a split of the first tree.
std::size_t first_leaf(const EnsembleModel& m) {
  std::size_t i = 0;
  while (m.nodes.feature[i] != kLeafFeature) ++i;
  return i;
}

}  // namespace

TEST_CASE("a broken header is refused") {
  check_refused("n_features is 0", [](auto& m) { m.n_features = 0; });
  check_refused("n_features is -5", [](auto& m) { m.n_features = -5; });
  check_refused("n_features is 16777217", [](auto& m) { m.n_features = kMaxFeatures + 1; });
  check_refused("n_outputs is 0", [](auto& m) { m.n_outputs = 0; });
  check_refused("n_outputs is -2147483648", [](auto& m) { m.n_outputs = INT32_MIN; });
  check_refused("length of base_score is 2", [](auto& m) { m.n_outputs = INT32_MAX; });
  check_refused("length of base_score is 0", [](auto& m) { m.base_score.clear(); });
  check_refused("base_score[1] is nan", [](auto& m) { m.base_score[1] = kNan; });
  check_refused("base_score[0] is inf", [](auto& m) { m.base_score[0] = kInf; });
  check_refused("link is 4", [](auto& m) { m.link = static_cast<Link>(4); });
  check_refused("1 with the logit link", [](auto& m) { m.link = Link::kLogit; });
  check_refused(">= 2 with the softmax link", [](auto& m) {
    m.link = Link::kSoftmax;
    m.n_outputs = 1;
  });
}

TEST_CASE("broken lengths and tree borders are refused") {
  check_refused("length of tree_begin is 0", [](auto& m) { m.tree_begin.clear(); });
  check_refused("length of tree_begin is 3", [](auto& m) { m.tree_begin.pop_back(); });
  check_refused("length of tree_begin is 4", [](auto& m) { m.tree_output.push_back(0); });
  check_refused("tree_begin[0] is 1", [](auto& m) { m.tree_begin[0] = 1; });
  check_refused("tree_begin[0] is -1", [](auto& m) { m.tree_begin[0] = -1; });
  check_refused("tree_begin[1] is 0", [](auto& m) { m.tree_begin[1] = 0; });
  check_refused("tree_begin[2] is 9", [](auto& m) { m.tree_begin[2] = 9; });
  check_refused("tree_begin[2] is 3", [](auto& m) { m.tree_begin[2] = 3; });
  check_refused("tree_begin[1] is 100", [](auto& m) { m.tree_begin[1] = 100; });
  check_refused("tree_begin[1] is 9223372036854775807", [](auto& m) { m.tree_begin[1] = kHuge; });
  check_refused("tree_begin[1] is -9223372036854775807", [](auto& m) { m.tree_begin[1] = -kHuge; });
  check_refused("tree_begin[3] is 14", [](auto& m) { m.tree_begin[3] = 14; });
  check_refused("tree_begin[3] is 16", [](auto& m) { m.tree_begin[3] = 16; });
  check_refused("tree_output[1] is 2", [](auto& m) { m.tree_output[1] = 2; });
  check_refused("tree_output[0] is -1", [](auto& m) { m.tree_output[0] = -1; });
}

TEST_CASE("arrays of another length than the nodes are refused, statistics unless left out") {
  EnsembleModel names = valid_model();
  const auto check_length = [](const char* name, std::size_t length, const char* text) {
    check_refused(text, [&](auto& m) {
      for_each_field(
          [&](std::string_view other, auto& values) {
            if (other == name) values.resize(length);
          },
          m.nodes);
    });
  };
  for_each_walk_field(
      [&](std::string_view name, auto&) {
        for (const std::size_t length : {std::size_t{0}, std::size_t{14}, std::size_t{16}})
          check_length(name.data(), length, name == "feature" ? "length of" : name.data());
      },
      names.nodes);
  for_each_statistic(
      [&](const char* name, auto&) {
        for (const std::size_t length : {std::size_t{1}, std::size_t{14}, std::size_t{16}})
          check_length(name, length, name);
        check_length(name, 0, "accepted");
      },
      names.nodes);
}

TEST_CASE("a leaf has one value, or one for each output") {
  const auto forest = [](auto& m) { m = random_forest(4, 2, {5, 1, 3}, TreeForm::kAny, 1); };
  CHECK(refusal(forest) == "accepted");
  for (const std::int32_t width : {-1, 0, 3, INT32_MAX, INT32_MIN})
    check_refused("leaf_width is " + std::to_string(width), [&](auto& m) { m.leaf_width = width; });
  check_refused("length of value is 15", [](auto& m) { m.leaf_width = 2; });
  check_refused("length of value is 30", [&](auto& m) {
    forest(m);
    m.leaf_width = 1;
  });
  check_refused("length of value is 31", [&](auto& m) {
    forest(m);
    m.nodes.value.push_back(0.0);
  });
  check_refused("tree_output[1] is 1", [&](auto& m) {
    forest(m);
    m.tree_output[1] = 1;
  });
  check_refused("aggregation is 2", [](auto& m) { m.aggregation = static_cast<Aggregation>(2); });
  check_refused("the sum of base_score and the trees' values for output 1", [&](auto& m) {
    forest(m);
    m.nodes.value[1] = m.nodes.value[19] = 1e308;
  });
}

TEST_CASE("broken nodes are refused") {
  check_refused("feature[0] is 4", [](auto& m) { m.nodes.feature[0] = 4; });
  check_refused("feature[0] is -2", [](auto& m) { m.nodes.feature[0] = -2; });
  check_refused("threshold[2] is nan", [](auto& m) { m.nodes.threshold[2] = kNan; });
  check_refused("missing_goes_left[1] is 2", [](auto& m) { m.nodes.missing_goes_left[1] = 2; });
  check_refused("value[14] is inf", [](auto& m) { m.nodes.value[14] = kInf; });
  check_refused("value[3] is nan", [](auto& m) { m.nodes.value[3] = kNan; });
  check_refused("split_gain[0] is nan", [](auto& m) { m.nodes.split_gain[0] = kNan; });
  check_refused("hess_sum[9] is -inf", [](auto& m) { m.nodes.hess_sum[9] = -kInf; });
  check_refused("impurity[0] is nan", [](auto& m) { m.nodes.impurity.assign(15, kNan); });
  check_refused("n_samples[5] is -1", [](auto& m) { m.nodes.n_samples[5] = -1; });
  check_refused("the sum of base_score",
                [](auto& m) { m.nodes.value[9] = m.base_score[1] = 1e308; });
}

TEST_CASE("broken category sets are refused") {
  // The categorical columns are 0 and 2.
  const auto check = [](const std::string& text, const std::function<void(EnsembleModel&)>& f) {
    check_refused(text, [&](EnsembleModel& m) {
      m = with_categories(random_model(4, 2, {5, 1, 30}, TreeForm::kAny, 1), 1);
      validate(m);
      f(m);
    });
  };
  const auto split = [](const EnsembleModel& m, double set) {
    std::size_t i = 0;
    while (m.nodes.feature[i] < 0 || m.nodes.feature[i] % 2 != 0 || m.nodes.threshold[i] != set)
      ++i;
    return i;
  };
  check("accepted", [](auto&) {});
  check("n_categories[0] is -1", [](auto& m) { m.n_categories[0] = -1; });
  check("the length of n_categories is 3", [](auto& m) { m.n_categories.pop_back(); });
  check("the length of n_categories is 5", [](auto& m) { m.n_categories.push_back(0); });
  check("the length of category_sets is", [](auto& m) { m.n_categories.clear(); });
  check("the length of category_sets is 0", [](auto& m) { m.nodes.category_sets.clear(); });
  check("the length of category_sets", [](auto& m) { m.nodes.category_sets.pop_back(); });
  check("the length of category_sets", [](auto& m) { m.nodes.category_sets.emplace_back(); });
  for (const double wrong : {0.0, 0.5, 1.5, 2.0, -1.0, -kInf, kInf, 1e300, 1e-310})
    check(number_text(wrong) + "; it must be 1, the number of splits on categories before it",
          [&](auto& m) { m.nodes.threshold[split(m, 1.0)] = wrong; });
  check("threshold[", [&](auto& m) { m.nodes.threshold[split(m, 1.0)] = kNan; });
  check("threshold[", [&](auto& m) { m.nodes.feature[split(m, 1.0)] = 1; });
  check("accepted", [](auto& m) { m.nodes.category_sets[0].words() = {~0ULL, 0, 7, 1}; });
  check("accepted", [](auto& m) { m.n_categories[0] = INT32_MAX; });
  check("accepted", [](auto& m) { m = keep_trees(m, 0); });
}

TEST_CASE("broken tree shapes are refused") {
  check_refused("left_child[0] is 0", [](auto& m) { m.nodes.left_child[0] = 0; });
  check_refused("left_child[0] is -1", [](auto& m) { m.nodes.left_child[0] = kNoChild; });
  check_refused("left_child[0] is 8", [](auto& m) { m.nodes.left_child[0] = 8; });
  check_refused("left_child[0] is 9", [](auto& m) { m.nodes.left_child[0] = 9; });
  check_refused("left_child[0] is 2147483647", [](auto& m) { m.nodes.left_child[0] = INT32_MAX; });
  check_refused("nobody else's child", [](auto& m) { m.nodes.left_child[0] = 2; });
  check_refused("-1 at a leaf", [](auto& m) { m.nodes.left_child[first_leaf(m)] = 8; });
  check_refused("-1 at a leaf", [](auto& m) { m.nodes.feature[0] = kLeafFeature; });
  check_refused("left_child", [](auto& m) { m.nodes.feature[first_leaf(m)] = 0; });
  check_refused("no node's child", [](auto& m) {
    for (std::size_t i = 0; i < 9; ++i) {
      m.nodes.feature[i] = kLeafFeature;
      m.nodes.left_child[i] = kNoChild;
    }
  });
}

TEST_CASE("odd but sound models are accepted") {
  CHECK(refusal([](auto& m) { m.nodes.threshold[0] = kInf; }) == "accepted");
  CHECK(refusal([](auto& m) { m.nodes.threshold[0] = -kInf; }) == "accepted");
  CHECK(refusal([](auto& m) { m.n_features = kMaxFeatures; }) == "accepted");
  CHECK(refusal([](auto& m) { m = keep_trees(m, 0); }) == "accepted");
  validate(random_model(2, 1, {20000}, TreeForm::kLeftChain, 2));  // no recursion
}

namespace {

template <typename T>
void corrupt(std::vector<T>& values, std::mt19937& random) {
  const unsigned kind = random() % 8;
  if (kind == 0) return values.resize(random() % (values.size() + 3));
  if (values.empty()) return;
  T& value = values[random() % values.size()];
  if (kind < 4) {  // a value of the array's own sort, slightly wrong
    value = values[random() % values.size()];
    if constexpr (std::is_integral_v<T>)
      if (kind == 3) value = static_cast<T>(value + static_cast<T>(random() % 3) - 1);
    return;
  }
  std::uint64_t bits = random() | (std::uint64_t{random()} << 32);
  if (kind == 4) bits = std::uint64_t{1} << (random() % 64);
  if (kind == 5) bits = 0;
  if (kind == 6) {
    std::memcpy(&bits, &value, sizeof(T));
    bits ^= std::uint64_t{1} << (random() % (8 * sizeof(T)));
  }
  std::memcpy(&value, &bits, sizeof(T));
}

void corrupt_somewhere(EnsembleModel& model, std::mt19937& random) {
  unsigned left = random() % 20;
  const auto visit = [&](const char*, auto& values) {
    if (left-- == 0) corrupt(values, random);
  };
  visit("base_score", model.base_score);
  visit("tree_begin", model.tree_begin);
  visit("tree_output", model.tree_output);
  visit("n_categories", model.n_categories);
  for_each_field(visit, model.nodes);
  if (left == 0) model.n_outputs += static_cast<std::int32_t>(random() % 3) - 1;
  if (left == 1) model.n_features += static_cast<std::int32_t>(random() % 3) - 1;
  if (left == 2) model.link = static_cast<Link>(random() % 6);
  if (left == 3) model.leaf_width += static_cast<std::int32_t>(random() % 3) - 1;
  if (left == 4) model.aggregation = static_cast<Aggregation>(random() % 4);
}

void check_predicts(const EnsembleModel& model, unsigned seed) {
  if (model.n_features > 100) return;
  const std::int64_t n_rows = 20;
  const std::vector<double> x = awkward_rows(model, n_rows, seed);
  std::vector<double> expected(static_cast<std::size_t>(n_rows * model.n_outputs), 0.0);
  naive_add_trees(model, x, 0, model.n_trees(), expected);
  const MatrixView view = MatrixView::of(x.data(), n_rows, model.n_features, model.n_features, 1);
  for (const PredictEngineKind& kind : predict_engine_kinds()) {
    if (!kind.can_run(model)) continue;
    std::vector<double> out(expected.size(), 0.0);
    kind.make(model)->add_trees(Parallel(1), view, 0, model.n_trees(), out.data());
    REQUIRE(out == expected);
  }
}

}  // namespace

TEST_CASE("after a random corruption a model is refused, or predicts like the naive walk") {
  int n_refused = 0, n_accepted = 0;
  for (unsigned seed = 0; seed < 5000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto make = seed % 2 == 0 ? random_model : random_forest;
    EnsembleModel model = make(4, 2, {5, 1, 3, 40, 2}, TreeForm::kAny, seed % 7);
    if (seed % 3 == 0) model = with_categories(std::move(model), seed % 5);
    for (unsigned n = 1 + random() % 3; n > 0; --n) corrupt_somewhere(model, random);
    bool is_valid = true;
    try {
      validate(model);
    } catch (const ValueError&) {
      is_valid = false;
    }
    ++(is_valid ? n_accepted : n_refused);
    if (is_valid) check_predicts(model, seed);
  }
  CHECK(n_refused > 1000);
  CHECK(n_accepted > 500);
}
