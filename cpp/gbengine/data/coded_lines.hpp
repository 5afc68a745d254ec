// CodedLines: lines (columns, or rows) of which only some cells are kept, 3 bytes each.
//
// A cell is its step from the cell before it in the line (the first one's from 0) and a code. A
// longer step than 16 bits hold is gone in several: the cells on the way are none that are kept,
// and have the code that all these have. So who adds up the cells of a line, and takes that code's
// sum to be what is left of a whole, need not know which ones they are. Example:
//   lines.for_each(line, [&](std::size_t at, std::uint8_t code) { ... });   // at rises
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"

namespace gbengine {

struct CodedLines {
  std::vector<std::int64_t> begin;    // n_lines + 1
  AlignedBuffer<std::uint16_t> step;  // by cell
  AlignedBuffer<std::uint8_t> code;

  std::int64_t n_cells() const { return begin.back(); }
  std::int64_t n_cells(std::size_t line) const { return begin[line + 1] - begin[line]; }

  template <typename Visit>
  void for_each(std::size_t line, Visit&& visit) const {
    const std::uint16_t* const steps = step.data();
    const std::uint8_t* const codes = code.data();
    const std::int64_t end = begin[line + 1];
    std::size_t at = 0;
    for (std::int64_t k = begin[line]; k < end; ++k) {
      at += steps[k];
      visit(at, codes[k]);
    }
  }
};

/// Makes lines from cells that come in any order of the lines, but ascending within each: first all
/// are counted, then all are added. Different lines may be added to at the same time. Example:
///   LineFiller filler(n_lines);
///   for (...) filler.count(line, at);
///   filler.start();
///   for (...) filler.add(line, at, code, other_code);
///   CodedLines lines = filler.take();
class LineFiller {
 public:
  explicit LineFiller(std::size_t n_lines) { restart({}, n_lines); }

  /// Begins anew, in the memory of lines that are no longer needed.
  void restart(CodedLines old, std::size_t n_lines) {
    lines_ = std::move(old);
    lines_.begin.assign(n_lines + 2, 0);
    last_.assign(n_lines, 0);
  }

  void count(std::size_t line, std::uint32_t at) {
    lines_.begin[line + 2] += 1 + n_between(last_[line], at);
    last_[line] = at;
  }

  /// The number of cells is known.
  void start() {
    for (std::size_t i = 1; i < lines_.begin.size(); ++i) lines_.begin[i] += lines_.begin[i - 1];
    const auto n_cells = static_cast<std::size_t>(lines_.begin.back());
    if (lines_.code.size() < n_cells) {
      lines_.step = AlignedBuffer<std::uint16_t>(n_cells);
      lines_.code = AlignedBuffer<std::uint8_t>(n_cells);
    }
    last_.assign(last_.size(), 0);
  }

  /// After start().
  std::int64_t n_cells() const { return lines_.begin.back(); }
  std::int64_t first_cell(std::size_t line) const { return lines_.begin[line + 1]; }

  /// @param other_code of cells that are not kept: of those between the last one and this
  template <typename OtherCode>
  void add(std::size_t line, std::uint32_t at, std::uint8_t code, OtherCode&& other_code) {
    std::uint32_t& last = last_[line];
    for (; at - last > kLongestStep; last += kLongestStep)
      put(line, kLongestStep, other_code(last + kLongestStep));
    put(line, at - last, code);
    last = at;
  }

  CodedLines take() {
    lines_.begin.pop_back();
    return std::move(lines_);
  }

 private:
  static constexpr std::uint32_t kLongestStep = 0xffff;

  static std::int64_t n_between(std::uint32_t last, std::uint32_t at) {
    return at == last ? 0 : (at - last - 1) / kLongestStep;
  }

  void put(std::size_t line, std::uint32_t step, std::uint8_t code) {
    const auto at = static_cast<std::size_t>(lines_.begin[line + 1]++);
    lines_.step[at] = static_cast<std::uint16_t>(step);
    lines_.code[at] = code;
  }

  CodedLines lines_;  // begin has one number more, and each line's end is that of what it has yet
  std::vector<std::uint32_t> last_;
};

}  // namespace gbengine
