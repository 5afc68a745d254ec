#include "gbengine/data/coded_lines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace gbengine;

namespace {

struct Cell {
  std::size_t line;
  std::uint32_t at;
  std::uint8_t code;
};

constexpr std::uint8_t kOther = 200;

CodedLines lines_of(std::size_t n_lines, const std::vector<Cell>& cells, LineFiller& filler) {
  for (const Cell& cell : cells) filler.count(cell.line, cell.at);
  filler.start();
  for (const Cell& cell : cells)
    filler.add(cell.line, cell.at, cell.code, [](std::uint32_t) { return kOther; });
  CodedLines lines = filler.take();
  CHECK(lines.begin.size() == n_lines + 1);
  return lines;
}

/// What the lines say, without the cells on the way of long steps, which must be none of the kept.
std::vector<Cell> cells_of(const CodedLines& lines, std::size_t line) {
  std::vector<Cell> cells;
  lines.for_each(line, [&](std::size_t at, std::uint8_t code) {
    if (code != kOther) cells.push_back({line, static_cast<std::uint32_t>(at), code});
  });
  return cells;
}

void check_lines(const CodedLines& lines, std::size_t n_lines, const std::vector<Cell>& cells) {
  for (std::size_t line = 0; line < n_lines; ++line) {
    std::vector<Cell> expected;
    std::copy_if(cells.begin(), cells.end(), std::back_inserter(expected),
                 [&](const Cell& cell) { return cell.line == line; });
    const std::vector<Cell> got = cells_of(lines, line);
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      CHECK(got[i].at == expected[i].at);
      CHECK(got[i].code == expected[i].code);
    }
    std::int64_t before = -1;
    lines.for_each(line, [&](std::size_t at, std::uint8_t) {
      CHECK(static_cast<std::int64_t>(at) > before);  // no cell is there twice
      before = static_cast<std::int64_t>(at);
    });
  }
}

}  // namespace

TEST_CASE("steps of any length arrive") {
  for (const std::uint32_t step : {1U, 65534U, 65535U, 65536U, 131070U, 131071U, 4294900000U}) {
    const std::vector<Cell> cells = {{0, step, 3}, {2, 0, 4}, {2, step, 5}};
    LineFiller filler(3);
    check_lines(lines_of(3, cells, filler), 3, cells);
  }
}

TEST_CASE("cells that come line by line or across are found again, in memory used before, too") {
  std::mt19937 random(5);
  LineFiller filler(0);
  CodedLines lines = lines_of(0, {}, filler);
  for (const std::size_t n_lines : {7U, 1U, 40U, 3U}) {
    std::vector<Cell> cells;
    for (std::uint32_t at = random() % 3; cells.size() < 500; at += 1 + random() % 50'000)
      for (std::size_t line = 0; line < n_lines; ++line)
        if (random() % 4 == 0)
          cells.push_back({line, at, static_cast<std::uint8_t>(random() % kOther)});
    filler.restart(std::move(lines), n_lines);
    lines = lines_of(n_lines, cells, filler);
    check_lines(lines, n_lines, cells);
    std::stable_sort(cells.begin(), cells.end(),
                     [](const Cell& a, const Cell& b) { return a.line < b.line; });
    LineFiller fresh(n_lines);
    check_lines(lines_of(n_lines, cells, fresh), n_lines, cells);
  }
}
