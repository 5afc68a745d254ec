// rank_column: a column's distinct values in order, and each row's place among them.
//
// Made by CodedTable for the exact search, where every value is a code of its own. Example:
//   RankedColumn ranked = rank_column(x, feature);   // {0.5, 0.2, NaN, 0.5}
//   ranked.values == {0.2, 0.5};  ranked.codes: 1, 0, 2, 1
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/matrix_view.hpp"
#include "gbengine/data/code_column.hpp"

namespace gbengine {

struct RankedColumn {
  std::vector<double> values;  // ascending, distinct, without NaN; -0.0 is 0.0
  bool has_missing = false;
  bool is_categorical = false;
  CodeWidth width = CodeWidth::k8;
  AlignedBuffer<std::uint8_t> codes;  // n_rows codes of that width

  CodeColumn view() const {
    return {codes.data(), width,          static_cast<std::uint32_t>(values.size()),
            has_missing,  is_categorical, {},
            values.data()};
  }
};

/// x has at most 2^32 - 1 rows.
RankedColumn rank_column(const MatrixView& x, std::int32_t feature);

}  // namespace gbengine
