// CodeColumn: one column of a training table as small integers in the order of its values.
//
// Codes 0 … n_codes - 1 are bins or ranks; rows whose value is missing have code n_codes. As narrow
// as the column allows. Example:
//   column.visit([&](const auto* codes) { sum += codes[row]; });
#pragma once

#include <cstdint>
#include <utility>

namespace gbengine {

enum class CodeWidth : std::uint8_t { k8, k16, k32 };

/// The narrowest for codes up to `largest`.
inline CodeWidth code_width_for(std::uint32_t largest) {
  return largest <= 0xff ? CodeWidth::k8 : largest <= 0xffff ? CodeWidth::k16 : CodeWidth::k32;
}

inline std::size_t bytes_of(CodeWidth width) {
  return std::size_t{1} << static_cast<int>(width);
}

/// One column of codes that lie row by row, all columns of a row together.
class RowwiseCodes {
 public:
  RowwiseCodes() = default;
  RowwiseCodes(const std::uint8_t* codes, std::int64_t stride) : codes_(codes), stride_(stride) {}
  std::uint8_t operator[](std::size_t row) const {
    return codes_[static_cast<std::int64_t>(row) * stride_];
  }
  bool is_there() const { return codes_ != nullptr; }

 private:
  const std::uint8_t* codes_ = nullptr;
  std::int64_t stride_ = 0;
};

struct CodeColumn {
  const void* codes = nullptr;  // n_rows of them, or nullptr if there is only the other copy
  CodeWidth width = CodeWidth::k8;
  std::uint32_t n_codes = 0;
  bool has_missing = false;
  bool is_categorical = false;     // codes have no order
  RowwiseCodes rowwise;            // the same codes, if there is such a copy
  const double* points = nullptr;  // by code: its value, or the edge above its bin but the last

  /// As visit below for n_rows rows, of which several columns will be read: few rows lie far from
  /// each other, and then a row's columns should lie together.
  template <typename Visit>
  decltype(auto) visit(std::int64_t n_rows, Visit&& visitor) const {
    if (rowwise.is_there() && (n_rows <= kFewRows || codes == nullptr)) return visitor(rowwise);
    return visit(visitor);
  }

  /// Calls visit with the codes as a pointer to their own type.
  template <typename Visit>
  decltype(auto) visit(Visit&& visitor) const {
    switch (width) {
      case CodeWidth::k8:
        return visitor(static_cast<const std::uint8_t*>(codes));
      case CodeWidth::k16:
        return visitor(static_cast<const std::uint16_t*>(codes));
      default:
        return visitor(static_cast<const std::uint32_t*>(codes));
    }
  }

  /// False for a column on which no split can separate two rows.
  bool can_split() const { return n_codes + (has_missing ? 1U : 0U) >= 2; }

 private:
  static constexpr std::int64_t kFewRows = 512;
};

}  // namespace gbengine
