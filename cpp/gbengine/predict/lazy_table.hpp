// LazyTable: an engine's table, made once by whichever thread needs it first.
//
// A model is often asked for float32 or float64 tables only, or never: what is not needed is never
// made. Example:
//   LazyTable<WideWalkTable> table;
//   table.get([&] { return WideWalkTable(parallel, model); });
#pragma once

#include <mutex>
#include <optional>

namespace gbengine {

template <typename Table>
class LazyTable {
 public:
  /// If make throws, the next call tries again.
  template <typename Make>
  const Table& get(Make&& make) const {
    std::call_once(made_, [&] { table_.emplace(make()); });
    return *table_;
  }

 private:
  mutable std::once_flag made_;
  mutable std::optional<Table> table_;
};

}  // namespace gbengine
