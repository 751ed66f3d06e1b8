#include "app/admin_cli/text_table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace tollweir::admin_cli {
namespace {

const std::vector<TableColumn> kColumns{{"NAME", false, true}, {"SPEND", true}, {"STATE"}};
const std::vector<TableRow> kRows{{"ci", "$12.50", "active"}, {"nightly-tests", "$0.04", "-"}};

std::size_t widest_line(const std::string& text) {
    std::istringstream lines(text);
    std::size_t widest = 0;
    for (std::string line; std::getline(lines, line);) widest = std::max(widest, text_width(line));
    return widest;
}

TEST(TextTable, AlignsColumnsUnderTheirTitlesWithoutBlanksAtTheEnd) {
    EXPECT_EQ(lay_out_table(kColumns, kRows, 0),
              "NAME            SPEND  STATE\n"
              "ci             $12.50  active\n"
              "nightly-tests   $0.04  -\n");
}

TEST(TextTable, CutsWhatMayBeCutToTheTerminal) {
    const auto text = lay_out_table(kColumns, kRows, 26);
    EXPECT_EQ(text,
              "NAME         SPEND  STATE\n"
              "ci          $12.50  active\n"
              "nightly-t…   $0.04  -\n");
    EXPECT_EQ(widest_line(text), 26U);
}

TEST(TextTable, LeavesEightCharactersHoweverNarrowTheTerminalIs) {
    EXPECT_EQ(widest_line(lay_out_table(kColumns, kRows, 1)), 24U);
}

TEST(TextTable, CountsCharactersNotBytes) {
    EXPECT_EQ(text_width("Zoë"), 3U);
    const std::vector<TableColumn> columns{{"N"}, {"X"}};
    EXPECT_EQ(lay_out_table(columns, std::vector<TableRow>{{"Zoë", "1"}, {"Max", "2"}}, 0),
              "N    X\nZoë  1\nMax  2\n");
}

TEST(TextTable, ListsTitlesWithTheirValuesBelowEachOther) {
    const std::vector<std::pair<std::string, std::string>> lines{{"key", "a"}, {"budget", "b"}};
    EXPECT_EQ(lay_out_list(lines), "key     a\nbudget  b\n");
}

TEST(TextTable, LetsNoNameOfARowSteerTheTerminal) {
    EXPECT_EQ(printable("a\x1b[2Jb\r\n\tc\x7f"), "a?[2Jb???c?");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "?31m");
    EXPECT_EQ(printable("Zoë \xC2\xA0"), "Zoë \xC2\xA0");
}

}  // namespace
}  // namespace tollweir::admin_cli
