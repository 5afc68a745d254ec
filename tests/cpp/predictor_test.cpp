#include "gbengine/predict/predictor.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <thread>

#include "gbengine/base/error.hpp"
#include "gbengine/predict/predict_engine.hpp"
#include "isa_guard.hpp"
#include "random_trees.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

/// The same table in one memory layout; the view looks into `cells`.
template <typename T>
struct Layout {
  const char* name;
  std::vector<T> cells;
  std::int64_t start, row_stride, col_stride;

  Layout(const char* layout_name, std::int64_t n_cells, std::int64_t start_at, std::int64_t rows,
         std::int64_t cols)
      : name(layout_name),
        cells(static_cast<std::size_t>(n_cells), T{77}),
        start(start_at),
        row_stride(rows),
        col_stride(cols) {}

  MatrixView fill(const std::vector<double>& x, std::int64_t n_rows, std::int32_t n_cols) {
    for (std::int64_t i = 0; i < n_rows; ++i)
      for (std::int32_t j = 0; j < n_cols; ++j)
        cells[static_cast<std::size_t>(start + i * row_stride + j * col_stride)] =
            static_cast<T>(x[static_cast<std::size_t>(i * n_cols + j)]);
    return MatrixView::of(cells.data() + start, n_rows, n_cols, row_stride, col_stride);
  }
};

/// C and Fortran order, every second column of a wider table, and both axes reversed.
template <typename T>
std::vector<Layout<T>> layouts(std::int64_t n, std::int64_t m) {
  return {{"C", n * m + 1, 0, m, 1},
          {"F", n * m + 1, 0, 1, n},
          {"slice", 2 * n * m + 8, 3, 2 * m, 2},
          {"reversed", n * m + 1, n * m - 1, -m, -1}};
}

bool equal_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

/// What the trees of a range add to a start that differs from row to row.
std::vector<double> start_of(const EnsembleModel& model, std::int64_t n_rows) {
  std::vector<double> out(static_cast<std::size_t>(n_rows * model.n_outputs));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = 0.001 * static_cast<double>(i % 1000);
  return out;
}

template <typename T>
void check_engines(const EnsembleModel& model, const std::vector<double>& x, std::int64_t n_rows,
                   std::int32_t tree_begin, std::int32_t tree_end) {
  std::vector<double> expected = start_of(model, n_rows);
  naive_add_trees(model, x, tree_begin, tree_end, expected);
  for (Layout<T>& layout : layouts<T>(n_rows, model.n_features)) {
    const MatrixView view = layout.fill(x, n_rows, model.n_features);
    CAPTURE(layout.name);
    for (const PredictEngineKind& kind : predict_engine_kinds()) {
      if (!kind.can_run(model)) continue;
      CAPTURE(kind.name);
      const auto engine = kind.make(model);
      for_each_isa([&] {
        for (int n_threads : {1, 3}) {
          std::vector<double> out = start_of(model, n_rows);
          engine->add_trees(Parallel(n_threads), view, tree_begin, tree_end, out.data());
          CHECK(equal_bits(out, expected));
        }
      });
    }
  }
}

void check_model(const EnsembleModel& model, std::int64_t n_rows, unsigned seed) {
  CAPTURE(n_rows);
  validate(model);
  const std::vector<double> x = awkward_rows(model, n_rows, seed);
  check_engines<float>(model, x, n_rows, 0, model.n_trees());
  std::vector<double> between(x);  // doubles that no float32 equals
  for (double& v : between)
    if (std::isfinite(v)) v = std::nextafter(v, seed % 2 == 0 ? -1e300 : 1e300);
  check_engines<double>(model, x, n_rows, 0, model.n_trees());
  check_engines<double>(model, between, n_rows, 0, model.n_trees());
}

const std::vector<int> kMixedSizes{1, 2, 31, 1, 32, 33, 5, 64, 65, 2, 16, 128, 7, 31, 31, 20, 300};

}  // namespace

TEST_CASE("every engine gives the naive walk's bits for any number of rows") {
  const EnsembleModel model = random_model(7, 1, kMixedSizes, TreeForm::kAny, 1);
  for (std::int64_t n_rows : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 200})
    check_model(model, n_rows, static_cast<unsigned>(n_rows));
}

TEST_CASE("every engine gives the naive walk's bits for every form of tree") {
  for (const TreeForm form : {TreeForm::kAny, TreeForm::kLeftChain, TreeForm::kRightChain}) {
    CAPTURE(static_cast<int>(form));
    check_model(random_model(5, 1, {101, 64, 65, 2, 33}, form, 2), 150, 3);   // 100 deep
    check_model(random_model(1, 1, std::vector<int>(9, 2), form, 3), 40, 4);  // stumps
    check_model(random_model(3, 2, std::vector<int>(5, 1), form, 4), 40, 5);  // leaves
    check_model(random_model(4, 1, {300, 1000}, form, 5), 70, 6);
    check_model(random_model(4, 1, {}, form, 6), 70, 7);
  }
}

TEST_CASE("every engine gives the naive walk's bits with several outputs") {
  for (std::int32_t n_outputs : {2, 3, 7, 40}) {
    CAPTURE(n_outputs);
    const EnsembleModel model = random_model(28, n_outputs, std::vector<int>(45, 31),
                                             TreeForm::kAny, static_cast<unsigned>(n_outputs));
    check_model(model, 130, 8);
    check_model(model, 3, 9);
  }
}

TEST_CASE("rows shared out over threads, and wide tables that models use little of") {
  check_model(random_model(20, 3, std::vector<int>(200, 40), TreeForm::kAny, 10), 2000, 10);
  check_model(random_model(20, 1, std::vector<int>(30, 700), TreeForm::kAny, 11), 700, 11);
  check_model(random_model(3000, 1, std::vector<int>(3, 31), TreeForm::kAny, 12), 70, 12);
}

TEST_CASE("ranges of trees add up to the whole") {
  const EnsembleModel model = random_model(9, 2, kMixedSizes, TreeForm::kAny, 13);
  const std::vector<double> x = awkward_rows(model, 90, 13);
  for (std::int32_t begin = 0; begin <= model.n_trees(); begin += 4)
    for (std::int32_t end = begin; end <= model.n_trees(); end += 3) {
      check_engines<float>(model, x, 90, begin, end);
      check_engines<double>(model, x, 90, begin, end);
    }
}

TEST_CASE("every engine gives the naive walk's bits with several values a leaf") {
  for (std::int32_t width : {2, 3, 8, 9, 30}) {
    CAPTURE(width);
    for (const TreeForm form : {TreeForm::kAny, TreeForm::kLeftChain, TreeForm::kRightChain}) {
      const auto seed = static_cast<unsigned>(width);
      const EnsembleModel model = random_forest(6, width, {40, 1, 2, 300, 7}, form, seed);
      for (std::int64_t n_rows : {0, 1, 7, 8, 9, 30, 200}) check_model(model, n_rows, seed);
    }
  }
}

TEST_CASE(
    "every engine gives the naive walk's bits in deep trees, with and without missing values") {
  const EnsembleModel model =
      random_model(9, 1, {3000, 1, 2500, 40, 2, 900, 3000, 17, 5}, TreeForm::kAny, 23);
  for (std::int64_t n_rows : {5, 9, 100, 1500}) check_model(model, n_rows, 23);
  std::vector<double> whole = awkward_rows(model, 700, 24);
  for (double& v : whole)
    if (std::isnan(v)) v = 0.5;
  check_engines<float>(model, whole, 700, 0, model.n_trees());
  check_engines<double>(model, whole, 700, 2, 6);
  whole[699 * 9 + 8] = std::numeric_limits<double>::quiet_NaN();  // the last value of all
  check_engines<float>(model, whole, 700, 0, model.n_trees());
  check_engines<double>(model, whole, 700, 0, model.n_trees());
}

TEST_CASE("every engine gives the naive walk's bits with splits on categories") {
  for (const std::int64_t n_rows : {0, 1, 3, 7, 8, 16, 33, 64, 65, 200})
    check_model(with_categories(random_model(7, 1, kMixedSizes, TreeForm::kAny, 27), 1), n_rows,
                static_cast<unsigned>(n_rows));
  for (const TreeForm form : {TreeForm::kAny, TreeForm::kLeftChain, TreeForm::kRightChain}) {
    check_model(with_categories(random_model(5, 1, {101, 64, 65, 2, 33}, form, 28), 2), 150, 3);
    check_model(with_categories(random_model(1, 1, std::vector<int>(9, 2), form, 29), 3), 40, 4);
    check_model(with_categories(random_model(28, 3, std::vector<int>(45, 31), form, 30), 4), 90, 5);
    check_model(with_categories(random_forest(6, 3, {40, 1, 2, 300, 7}, form, 31), 5), 130, 6);
  }
  check_model(with_categories(random_model(9, 1, {3000, 1, 2500, 40}, TreeForm::kAny, 32), 6), 300,
              7);
  check_model(
      with_categories(random_model(20, 3, std::vector<int>(200, 40), TreeForm::kAny, 33), 7), 2000,
      8);
  EnsembleModel unused = random_model(3, 1, {31, 9}, TreeForm::kAny, 34);
  unused.n_categories = {0, 0, 0};
  check_model(unused, 70, 9);
}

TEST_CASE("splits on categories with and without missing values, in ranges of trees") {
  const EnsembleModel model =
      with_categories(random_model(9, 2, kMixedSizes, TreeForm::kAny, 35), 8);
  std::vector<double> x = awkward_rows(model, 90, 35);
  for (std::int32_t begin = 0; begin <= model.n_trees(); begin += 5) {
    check_engines<float>(model, x, 90, begin, model.n_trees());
    check_engines<double>(model, x, 90, begin / 2, begin);
  }
  for (double& v : x)
    if (std::isnan(v)) v = 1.0;
  check_engines<float>(model, x, 90, 0, model.n_trees());
  check_engines<double>(model, x, 90, 3, 9);
}

TEST_CASE("columns and nodes that do not fit the small node go into the wide one") {
  EnsembleModel model = random_model(3, 1, {1200, 70}, TreeForm::kAny, 25);
  model.n_features = 1 << 21;  // 21 bits, and 12 for the nodes
  for (std::int32_t& f : model.nodes.feature)
    if (f == 2) f = model.n_features - 1;
  validate(model);
  for (const std::int64_t n_rows : {2, 9}) {
    const std::vector<double> x = awkward_rows(model, n_rows, 25);
    std::vector<double> expected(static_cast<std::size_t>(n_rows), 0.0), out(expected);
    naive_add_trees(model, x, 0, 2, expected);
    const std::vector<float> narrow(x.begin(), x.end());
    Predictor(model).add_trees(
        Parallel(1), MatrixView::of(narrow.data(), n_rows, model.n_features, model.n_features, 1),
        0, 2, out.data());
    CHECK(equal_bits(out, expected));
  }
}

TEST_CASE("raw scores of ranges of trees, sums and means") {
  for (const std::int32_t width : {1, 4}) {
    EnsembleModel model = random_forest(5, width, {50, 3, 1, 700, 20, 9, 31}, TreeForm::kAny, 26);
    for (const Aggregation aggregation : {Aggregation::kSum, Aggregation::kMean}) {
      model.aggregation = aggregation;
      const Predictor predictor(model);
      const std::vector<double> x = awkward_rows(model, 40, 26);
      const MatrixView view = MatrixView::of(x.data(), 40, 5, 5, 1);
      for (std::int32_t begin = 0; begin <= model.n_trees(); ++begin)
        for (std::int32_t end = begin; end <= model.n_trees(); ++end) {
          std::vector<double> raw(static_cast<std::size_t>(40 * width), 1e9);
          predictor.raw_scores(Parallel(2), view, begin, end, raw.data());
          CHECK(equal_bits(raw, naive_raw_scores(model, x, begin, end)));
        }
    }
  }
}

TEST_CASE("large trees go to the walk, others to the bit vectors") {
  const auto engine_of = [](const EnsembleModel& model) {
    for (const PredictEngineKind& kind : predict_engine_kinds())
      if (kind.can_run(model)) return std::string(kind.name);
    return std::string();
  };
  CHECK(engine_of(random_model(3, 1, {31, 255}, TreeForm::kAny, 14)) == "bit_vector");
  CHECK(engine_of(random_model(3, 1, {5000}, TreeForm::kAny, 14)) == "packed_walk");
  CHECK(engine_of(random_forest(3, 2, {31}, TreeForm::kAny, 14)) == "packed_walk");
  CHECK(engine_of(random_model(3, 1, {}, TreeForm::kAny, 14)) == "bit_vector");
}

TEST_CASE("a predictor starts from the base score and answers with the link") {
  EnsembleModel model = random_model(6, 3, kMixedSizes, TreeForm::kAny, 15);
  model.link = Link::kSoftmax;
  const Predictor predictor(model);
  const Parallel parallel(2);
  for (const std::int64_t n : {0, 1, 3, 4, 50}) {
    CAPTURE(n);
    const std::vector<double> x = awkward_rows(model, n, 15);
    const MatrixView view = MatrixView::of(x.data(), n, 6, 6, 1);
    std::vector<double> expected;
    for (std::int64_t i = 0; i < n; ++i)
      expected.insert(expected.end(), model.base_score.begin(), model.base_score.end());
    naive_add_trees(model, x, 0, model.n_trees(), expected);

    std::vector<double> raw(expected.size(), 1e9), response(expected.size(), 1e9);
    predictor.raw_scores(parallel, view, raw.data());
    CHECK(equal_bits(raw, expected));
    predictor.response(parallel, view, response.data());
    predictor.apply_link(parallel, raw.data(), n, raw.data());
    CHECK(equal_bits(response, raw));
    for (std::size_t i = 0; i < raw.size(); i += 3)
      CHECK(response[i] == doctest::Approx(std::exp(expected[i]) /
                                           (std::exp(expected[i]) + std::exp(expected[i + 1]) +
                                            std::exp(expected[i + 2]))));
  }
}

TEST_CASE("sixteen threads share a predictor") {
  const std::int64_t n = 300;
  for (const std::int32_t width : {1, 2}) {
    EnsembleModel model = random_model(6, 2, kMixedSizes, TreeForm::kAny, 19);
    if (width == 2) model = random_forest(6, 2, kMixedSizes, TreeForm::kAny, 19);
    const std::vector<double> x = awkward_rows(model, n, 19);
    const std::vector<double> expected = naive_raw_scores(model, x, 0, model.n_trees());
    const Predictor predictor(model);  // whose tables the first of the threads makes
    std::vector<std::vector<double>> answers(16, std::vector<double>(expected.size()));
    std::vector<std::thread> threads;
    for (auto& answer : answers)
      threads.emplace_back([&] {
        predictor.raw_scores(Parallel(2), MatrixView::of(x.data(), n, 6, 6, 1), answer.data());
      });
    for (auto& thread : threads) thread.join();
    for (const auto& answer : answers) CHECK(equal_bits(answer, expected));
  }
}

TEST_CASE("the logit response has a column for each class") {
  EnsembleModel model = random_model(4, 1, {31, 8}, TreeForm::kAny, 16);
  model.link = Link::kLogit;
  const std::vector<double> x = awkward_rows(model, 33, 16);
  const MatrixView view = MatrixView::of(x.data(), 33, 4, 4, 1);
  const Predictor predictor(model);
  std::vector<double> raw(33), response(66);
  predictor.raw_scores(Parallel(1), view, raw.data());
  predictor.response(Parallel(1), view, response.data());
  for (std::size_t i = 0; i < 33; ++i) {
    CHECK(response[2 * i + 1] == doctest::Approx(1.0 / (1.0 + std::exp(-raw[i]))));
    CHECK(response[2 * i] == doctest::Approx(1.0 / (1.0 + std::exp(raw[i]))));
  }
}

namespace {

/// Leaves and their values, of both walks' making, against the naive walk.
template <typename T>
void check_leaves(const EnsembleModel& model, std::int64_t n_rows) {
  const std::int64_t n_trees = model.n_trees(), width = model.leaf_width;
  const std::vector<double> x = awkward_rows(model, n_rows, 17);
  std::vector<std::int32_t> expected;
  std::vector<double> expected_values;
  for (std::int64_t i = 0; i < n_rows; ++i)
    for (std::int32_t t = 0; t < n_trees; ++t) {
      expected.push_back(naive_leaf(model, t, 0, x.data() + i * model.n_features));
      const double* value =
          model.value_of(model.tree_begin[static_cast<std::size_t>(t)] + expected.back());
      expected_values.insert(expected_values.end(), value, value + width);
    }
  const Predictor predictor(model);
  for (Layout<T>& layout : layouts<T>(n_rows, model.n_features)) {
    CAPTURE(layout.name);
    const MatrixView view = layout.fill(x, n_rows, model.n_features);
    std::vector<std::int32_t> leaves(expected.size(), -1);
    predictor.apply(Parallel(2), view, leaves.data());
    CHECK(leaves == expected);
    std::vector<double> values(expected_values.size(), -1.0);
    predictor.tree_values(Parallel(2), view, values.data());
    CHECK(equal_bits(values, expected_values));
  }
}

}  // namespace

TEST_CASE("apply gives each row's leaf of each tree, tree_values what it says") {
  for (const std::int64_t n_rows : {0, 1, 7, 8, 400}) {
    CAPTURE(n_rows);
    check_leaves<float>(random_model(6, 2, kMixedSizes, TreeForm::kAny, 17), n_rows);
    check_leaves<double>(random_forest(6, 3, kMixedSizes, TreeForm::kAny, 18), n_rows);
    check_leaves<float>(random_forest(6, 3, std::vector<int>(150, 5), TreeForm::kAny, 19), n_rows);
    check_leaves<double>(random_model(6, 1, {}, TreeForm::kAny, 17), n_rows);
  }
  check_leaves<float>(random_model(3, 1, {6, 9}, TreeForm::kAny, 18), 17'000);  // two blocks
  for (const std::int64_t n_rows : {3, 70}) {
    check_leaves<float>(with_categories(random_model(6, 2, kMixedSizes, TreeForm::kAny, 17), 9),
                        n_rows);
    check_leaves<double>(with_categories(random_forest(6, 3, {9, 90}, TreeForm::kAny, 17), 9),
                         n_rows);
  }
}

TEST_CASE("a table of another width, or a broken model, is a ValueError") {
  EnsembleModel model = random_model(4, 1, {31}, TreeForm::kAny, 18);
  const Predictor predictor(model);
  std::vector<double> x(50, 0.0), out(10);
  const Parallel parallel(1);
  CHECK_THROWS_WITH_AS(
      predictor.raw_scores(parallel, MatrixView::of(x.data(), 10, 5, 5, 1), out.data()),
      "X has 5 columns, but the model has 4 features", ValueError);
  model.nodes.feature[0] = 4;
  CHECK_THROWS_AS(Predictor{model}, ValueError);
}
