#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tollweir::admin_cli {

struct TableColumn {
    std::string title;
    bool right = false;    // numbers
    bool shrinks = false;  // may be cut where the table is wider than the terminal
};
using TableRow = std::vector<std::string>;  // a cell a column

/// Columns under their titles, two blanks between them, no blanks at the ends of lines. `width`:
/// of the terminal; 0: as wide as it gets. What is cut ends in `…`.
std::string lay_out_table(std::span<const TableColumn> columns, std::span<const TableRow> rows,
                          std::size_t width);

/// `title  value` lines, values below each other.
std::string lay_out_list(std::span<const std::pair<std::string, std::string>> lines);

/// One line that a terminal may show: control characters, which names in rows may hold, become `?`.
std::string printable(std::string_view text);

/// Characters of UTF-8, each of which is taken to be one column wide.
std::size_t text_width(std::string_view text);

}  // namespace tollweir::admin_cli
