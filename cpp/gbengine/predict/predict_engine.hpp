// PredictEngine: one way to run all trees over rows. Predictor (predictor.hpp) picks among them.
//
// An engine is made for one model and keeps a reference to it; what it needs besides, it makes when
// first asked. Every engine gives the bits of the
// scalar walk: the leaf by `x <= threshold` in double (or its exact equal in float32), values
// added in tree order, in double, row by row. An engine is one file and one row in engines.cpp.
// Example:
//   for (const PredictEngineKind& kind : predict_engine_kinds())
//     if (kind.can_run(model)) kind.make(model)->add_trees(parallel, x, 0, model.n_trees(), out);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

class PredictEngine {
 public:
  virtual ~PredictEngine() = default;

  /// Adds the values of trees [tree_begin, tree_end) to out (n_rows x n_outputs, row-major). x has
  /// the model's number of columns. Safe to call from many threads at once.
  virtual void add_trees(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                         std::int32_t tree_end, double* out) const = 0;
};

/// An engine that also tells which leaf it was.
class WalkEngine : public PredictEngine {
 public:
  /// out[row * n_trees + tree] = index, within its tree, of the leaf that the row reaches.
  virtual void find_leaves(const Parallel& parallel, const MatrixView& x,
                           std::int32_t* out) const = 0;
};

struct PredictEngineKind {
  std::string_view name;
  std::int64_t min_rows;  // with fewer rows in a call, an engine further down is faster
  bool (*can_run)(const EnsembleModel& model);
  std::unique_ptr<const PredictEngine> (*make)(const EnsembleModel& model);  // only if can_run
};

/// All engines, best first. The last two, the walks, run every model and any number of rows; the
/// scalar walk is what the others must equal.
std::span<const PredictEngineKind> predict_engine_kinds();

}  // namespace gbengine
