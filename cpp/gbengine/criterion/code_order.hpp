// CodeOrder: the rows of a node in the order of a column's codes.
//
// Used where cells for every code would be many more than rows. Few rows are sorted by insertion,
// more of them by radix. Example:
//   for (CodeOrder::Item item : order.sort(column, rows, n))
//     ... item.code, item.at   // rows[item.at]
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/radix_sort.hpp"
#include "gbengine/data/code_column.hpp"

namespace gbengine {

class CodeOrder {
 public:
  struct Item {
    std::uint32_t code;
    std::uint32_t at;  // place among the node's rows
  };

  explicit CodeOrder(std::int64_t max_rows)
      : items_(static_cast<std::size_t>(max_rows)), scratch_(static_cast<std::size_t>(max_rows)) {}

  struct Apart {
    std::span<const Item> present, missing;
  };

  /// As sort, the missing rows apart from the others.
  Apart sort_apart(const CodeColumn& column, const std::uint32_t* rows, std::int64_t n) {
    const auto items = sort(column, rows, n);
    std::size_t n_present = items.size();
    while (n_present > 0 && items[n_present - 1].code == column.n_codes) --n_present;
    return {items.first(n_present), items.subspan(n_present)};
  }

  /// Items that are in the order of their codes, put in the order of a key for each code among
  /// them; ties keep their order.
  std::span<const Item> regroup(std::span<const Item> items, std::span<const double> keys) {
    groups_.clear();
    for (std::size_t i = 0; i < items.size(); ++i)
      if (i == 0 || items[i].code != items[i - 1].code)
        groups_.push_back({keys[groups_.size()], i});
    std::stable_sort(groups_.begin(), groups_.end(),
                     [](const Group& a, const Group& b) { return a.key < b.key; });
    if (regrouped_.size() == 0) regrouped_ = AlignedBuffer<Item>(items_.size());
    std::size_t n = 0;
    for (const Group& group : groups_) {
      const std::uint32_t code = items[group.begin].code;
      for (std::size_t i = group.begin; i < items.size() && items[i].code == code; ++i)
        regrouped_.data()[n++] = items[i];
    }
    return {regrouped_.data(), n};
  }

  /// Missing rows come last: their code is the largest.
  std::span<const Item> sort(const CodeColumn& column, const std::uint32_t* rows, std::int64_t n) {
    Item* items = items_.data();
    column.visit(n, [&](const auto& codes) {
      for (std::int64_t i = 0; i < n; ++i)
        items[i] = {codes[rows[i]], static_cast<std::uint32_t>(i)};
    });
    const auto size = static_cast<std::size_t>(n);
    if (n <= kFew) {
      insert_sorted(items, n);
      return {items, size};
    }
    return {radix_sort<8>(items, scratch_.data(), size,
                          static_cast<int>(std::bit_width(column.n_codes)),
                          [](const Item& item) { return item.code; }),
            size};
  }

 private:
  static constexpr std::int64_t kFew = 48;

  static void insert_sorted(Item* items, std::int64_t n) {
    for (std::int64_t i = 1; i < n; ++i) {
      const Item item = items[i];
      std::int64_t j = i;
      for (; j > 0 && items[j - 1].code > item.code; --j) items[j] = items[j - 1];
      items[j] = item;
    }
  }

  struct Group {
    double key;
    std::size_t begin;
  };

  AlignedBuffer<Item> items_, scratch_;
  AlignedBuffer<Item> regrouped_;  // made when first needed
  std::vector<Group> groups_;
};

}  // namespace gbengine
