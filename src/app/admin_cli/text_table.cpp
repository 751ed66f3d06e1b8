#include "app/admin_cli/text_table.hpp"

#include <algorithm>
#include <numeric>

namespace tollweir::admin_cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeast = 8;  // nothing is cut to less
constexpr std::string_view kCut = "…";

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// The first `width` characters.
std::string_view front_of(std::string_view text, std::size_t width) {
    std::size_t at = 0;
    for (std::size_t count = 0; at < text.size(); ++at)
        if (!continues(text[at]) && count++ == width) break;
    return text.substr(0, at);
}

std::string fitted(const std::string& text, std::size_t width) {
    if (text_width(text) <= width) return text;
    return std::string(front_of(text, width - 1)) + std::string(kCut);
}

std::vector<std::size_t> widths_of(std::span<const TableColumn> columns,
                                   std::span<const TableRow> rows) {
    std::vector<std::size_t> widths;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        auto width = text_width(columns[at].title);
        for (const auto& row : rows) width = std::max(width, text_width(row[at]));
        widths.push_back(width);
    }
    return widths;
}

/// Takes from the widest column that may be cut, a character at a time, until the table fits.
void shrink(std::span<const TableColumn> columns, std::size_t most,
            std::vector<std::size_t>& widths) {
    auto total =
        std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + kGap * (widths.size() - 1);
    while (total > most) {
        std::size_t widest = widths.size();
        for (std::size_t at = 0; at < widths.size(); ++at) {
            const auto least = std::max(kLeast, text_width(columns[at].title));
            if (!columns[at].shrinks || widths[at] <= least) continue;
            if (widest == widths.size() || widths[at] > widths[widest]) widest = at;
        }
        if (widest == widths.size()) return;
        --widths[widest];
        --total;
    }
}

void append_line(std::string& out, std::span<const TableColumn> columns, const TableRow& cells,
                 const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        if (at > 0) line.append(kGap, ' ');
        const auto cell = fitted(cells[at], widths[at]);
        const auto blanks = widths[at] - text_width(cell);
        if (columns[at].right) line.append(blanks, ' ');
        line += cell;
        if (!columns[at].right) line.append(blanks, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
}

}  // namespace

std::size_t text_width(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        // U+0080 to U+009F are controls as well.
        const bool is_c1 = byte == 0xC2 && at + 1 < text.size() &&
                           static_cast<unsigned char>(text[at + 1]) < 0xA0 &&
                           continues(text[at + 1]);
        if (is_c1) ++at;
        out += byte < ' ' || byte == 0x7F || is_c1 ? '?' : text[at];
    }
    return out;
}

std::string lay_out_table(std::span<const TableColumn> columns, std::span<const TableRow> rows,
                          std::size_t width) {
    auto widths = widths_of(columns, rows);
    if (width > 0) shrink(columns, width, widths);
    TableRow titles;
    for (const auto& column : columns) titles.push_back(column.title);
    std::string out;
    append_line(out, columns, titles, widths);
    for (const auto& row : rows) append_line(out, columns, row, widths);
    return out;
}

std::string lay_out_list(std::span<const std::pair<std::string, std::string>> lines) {
    std::size_t width = 0;
    for (const auto& [title, value] : lines) width = std::max(width, text_width(title));
    std::string out;
    for (const auto& [title, value] : lines)
        out += title + std::string(width - text_width(title) + kGap, ' ') + value + '\n';
    return out;
}

}  // namespace tollweir::admin_cli
