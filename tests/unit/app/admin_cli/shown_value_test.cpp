#include "app/admin_cli/shown_value.hpp"

#include <gtest/gtest.h>

namespace tollweir::admin_cli {
namespace {

std::string money(std::string_view text) {
    return shown_money(parse_dollars(text).value());
}

TEST(ShownMoney, HasTwoDecimalsFromADollarOn) {
    EXPECT_EQ(money("0"), "$0.00");
    EXPECT_EQ(money("1"), "$1.00");
    EXPECT_EQ(money("12.5"), "$12.50");
    EXPECT_EQ(money("1234567.891"), "$1234567.89");
    EXPECT_EQ(money("9.999"), "$10.00");
}

TEST(ShownMoney, ShowsFourDigitsOfWhatIsBelowADollar) {
    EXPECT_EQ(money("0.41"), "$0.41");
    EXPECT_EQ(money("0.123456"), "$0.1235");
    EXPECT_EQ(money("0.0042"), "$0.0042");
    EXPECT_EQ(money("0.00001234567"), "$0.00001235");
    EXPECT_EQ(money("0.000000000001"), "$0.000000000001");
    EXPECT_EQ(money("0.99999"), "$1.00");
    EXPECT_EQ(money("-0.5"), "-$0.50");
}

TEST(ShownTime, IsTheMinuteInUtc) {
    EXPECT_EQ(shown_time("2026-12-21T03:07:45.120000Z"), "2026-12-21 03:07");
    EXPECT_EQ(shown_time("2026-12-21T03:07:45+02:00"), "2026-12-21 01:07");
    EXPECT_EQ(shown_time("soon"), "soon");
}

TEST(ShownValue, ReadsMembersOfAnObject) {
    const std::string text =
        R"({"a": "x\n", "n": 7, "f": true, "z": null, "l": ["p", "q"], "m": 0.25, "o": {"k": 1}})";
    const auto row = parse_json_tree(text).value();
    EXPECT_EQ(text_of(row, "a"), "x?");
    EXPECT_EQ(text_of(row, "n"), "7");
    EXPECT_EQ(text_of(row, "z"), "");
    EXPECT_EQ(text_of(row, "absent"), "");
    EXPECT_EQ(list_of(row, "l"), "p, q");
    EXPECT_EQ(count_of(row, "l"), "2");
    EXPECT_EQ(money_of(row, "m"), "$0.25");
    EXPECT_EQ(money_of(row, "z"), "");
    EXPECT_TRUE(flag_of(row, "f"));
    EXPECT_FALSE(flag_of(row, "absent"));
}

}  // namespace
}  // namespace tollweir::admin_cli
