// Objectives and metrics give the same bits however the rows are given: as weights or as copies, in
// any order, on any number of threads and any instruction set.
#include <doctest/doctest.h>

#include "isa_guard.hpp"
#include "loss_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr std::size_t kSizes[] = {1, 7, 1000, 33001};  // the last one takes the path of many rows

struct Results {
  std::vector<double> base;
  double metric = 0.0, leaf = 0.0;
  std::vector<FloatPair> pairs;
};

Results results_of(const Loss& loss, const LossRows& rows, int n_threads) {
  const Parallel parallel(n_threads);
  Results results;
  results.base = loss.base_score(parallel, rows.labels());
  results.metric = loss.metric->evaluate(parallel, rows.labels(), rows.raw.data());
  results.pairs = loss.gradients(parallel, rows);
  results.leaf = loss.objective->leaf_value(rows.labels(), rows.raw.data(), every_row(rows));
  return results;
}

void check_same_summary(const Results& a, const Results& b) {
  CHECK(a.base == b.base);
  CHECK(a.metric == b.metric);
  CHECK(a.leaf == b.leaf);
}

}  // namespace

TEST_CASE("losses: weight k is k copies") {
  for (const Loss& loss : all_losses()) {
    for (std::size_t n : kSizes) {
      CAPTURE(loss.name);
      CAPTURE(n);
      const LossRows rows = sample_rows(*loss.objective, loss.task, n);
      const LossRows copies = rows.repeated();
      const Results weighted = results_of(loss, rows, 1), repeated = results_of(loss, copies, 1);
      check_same_summary(weighted, repeated);
      CHECK(same_pair(weighted.pairs.back(), repeated.pairs.back()));
      CHECK(same_pair(weighted.pairs.front(), repeated.pairs.front()));
      // Weights of another size: the same fractions of the total.
      LossRows scaled = rows;
      for (double& w : scaled.weight) w *= 0x1.0p-40;
      check_same_summary(weighted, results_of(loss, scaled, 1));
    }
  }
}

TEST_CASE("losses: the order of rows does not matter") {
  for (const Loss& loss : all_losses()) {
    for (std::size_t n : kSizes) {
      for (bool weighted : {false, true}) {
        CAPTURE(loss.name);
        CAPTURE(n);
        LossRows rows = sample_rows(*loss.objective, loss.task, n);
        if (weighted)
          for (double& w : rows.weight) w = std::sqrt(w) * 1e-7;  // not whole
        else
          rows.weight.clear();
        for (std::size_t i = 0; i < n / 2; ++i) rows.y[i] = rows.y[i / 10];  // ties
        const Results given = results_of(loss, rows, 1);
        check_same_summary(given, results_of(loss, rows.shuffled(), 1));
      }
    }
  }
}

TEST_CASE("losses: thread count and instruction set do not matter") {
  for (const Loss& loss : all_losses()) {
    for (std::size_t n : kSizes) {
      CAPTURE(loss.name);
      CAPTURE(n);
      const LossRows rows = sample_rows(*loss.objective, loss.task, n);
      force_isa("scalar");
      const Results expected = results_of(loss, rows, 1);
      for_each_isa([&] {
        for (int n_threads : {1, 3, 8}) {
          const Results results = results_of(loss, rows, n_threads);
          check_same_summary(results, expected);
          CHECK(same(results.pairs, expected.pairs));
        }
      });
    }
  }
}

TEST_CASE("losses: gradients of a part of the rows are those of the whole") {
  for (const Loss& loss : all_losses()) {
    CAPTURE(loss.name);
    const LossRows rows = sample_rows(*loss.objective, loss.task, 1300);
    const std::vector<FloatPair> whole = loss.gradients(Parallel(1), rows);
    const FloatPair untouched{-7.0f, -7.0f};
    std::vector<FloatPair> part(whole.size(), untouched);
    loss.objective->gradients(rows.labels(), rows.raw.data(), 3, 1290, part.data());
    for (std::size_t j = 0; j < part.size(); ++j) {
      const bool is_inside = j % 1300 >= 3 && j % 1300 < 1290;
      REQUIRE(same_pair(part[j], is_inside ? whole[j] : untouched));
    }
  }
}
