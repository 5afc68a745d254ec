// TableView: a table in either of the forms that are read in place, all cells or the stored ones.
//
// Whoever takes one says what it does with each; a MatrixView or a SparseView turns into one by
// itself. Example:
//   void f(const TableView& x) {
//     if (x.is_sparse()) return f_of_stored(x.sparse());
//     … x.dense() …
//   }
#pragma once

#include <cassert>
#include <cstdint>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/sparse_view.hpp"

namespace gbengine {

class TableView {
 public:
  TableView() = default;
  TableView(const MatrixView& dense) : dense_(dense) {}
  TableView(const SparseView& sparse) : sparse_(sparse), is_sparse_(true) {}

  bool is_sparse() const { return is_sparse_; }
  const MatrixView& dense() const {
    assert(!is_sparse_);
    return dense_;
  }
  const SparseView& sparse() const {
    assert(is_sparse_);
    return sparse_;
  }

  std::int64_t n_rows() const { return is_sparse_ ? sparse_.n_rows : dense_.n_rows; }
  std::int32_t n_cols() const { return is_sparse_ ? sparse_.n_cols : dense_.n_cols; }
  DType dtype() const { return is_sparse_ ? sparse_.dtype : dense_.dtype; }

 private:
  MatrixView dense_;
  SparseView sparse_;
  bool is_sparse_ = false;
};

}  // namespace gbengine
