#include "tollweir/core/money.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <random>

namespace tollweir {
namespace {

TEST(Money, ReadsEverySpellingOfAJsonNumber) {
    EXPECT_EQ(parse_dollars("0"), 0);
    EXPECT_EQ(parse_dollars("12"), 12 * kPicodollarsPerDollar);
    EXPECT_EQ(parse_dollars("12.5"), 12'500'000'000'000);
    EXPECT_EQ(parse_dollars("0.0000135"), 13'500'000);
    EXPECT_EQ(parse_dollars("1.35e-05"), 13'500'000);
    EXPECT_EQ(parse_dollars("1.35E+1"), 13'500'000'000'000);
    EXPECT_EQ(parse_dollars("-0.25"), -250'000'000'000);
    EXPECT_EQ(parse_dollars("0e999999"), 0);
    EXPECT_EQ(parse_dollars("1e-999999"), 0);
}

TEST(Money, RoundsWhatIsFinerThanAPicodollar) {
    EXPECT_EQ(parse_dollars("0.0000000000014"), 1);
    EXPECT_EQ(parse_dollars("0.0000000000015"), 2);
    EXPECT_EQ(parse_dollars("0.0000000000005"), 1);
    EXPECT_EQ(parse_dollars("5e-13"), 1);
    EXPECT_EQ(parse_dollars("5e-14"), 0);
    EXPECT_EQ(parse_dollars("-0.0000000000015"), -2);
}

TEST(Money, RefusesWhatIsNoAmount) {
    for (const char* text : {"", "-", ".5", "5.", "1e", "1e+", "1e+-5", "abc", "1.0.0", " 1", "1 ",
                             "0x10", "NaN", "1e400000000", "9300000", "1e30"})
        EXPECT_FALSE(parse_dollars(text)) << text;
}

TEST(Money, ShowsDollarsWithoutExponent) {
    EXPECT_EQ(dollars(0), "0.0");
    EXPECT_EQ(dollars(13'500'000), "0.0000135");
    EXPECT_EQ(dollars(12 * kPicodollarsPerDollar), "12.0");
    EXPECT_EQ(dollars(-1), "-0.000000000001");
    EXPECT_EQ(dollars(-2 * kPicodollarsPerDollar), "-2.0");
    EXPECT_EQ(dollars(kPicodollarsPerDollar - 1), "0.999999999999");
    EXPECT_EQ(dollars(PicodollarSum(kPicodollarsPerDollar) * 123'456'789'012), "123456789012.0");
}

TEST(Money, ComesBackFromItsText) {
    for (const PicodollarSum amount :
         {PicodollarSum(0), PicodollarSum(1), PicodollarSum(-1), PicodollarSum(1) << 100,
          -(PicodollarSum(1) << 100), PicodollarSum(std::numeric_limits<Picodollars>::max()) + 1,
          PicodollarSum(std::numeric_limits<Picodollars>::min())})
        EXPECT_EQ(parse_picodollars(to_text(amount)), amount);
    EXPECT_EQ(parse_picodollars("12.000"), 12);
    for (const char* text : {"", "-", "1.5", "1e3", "x", "+1", " 1", "1 ", "--1",
                             "12345678901234567890123456789012345678"})
        EXPECT_FALSE(parse_picodollars(text)) << text;
}

TEST(Money, TakesAFloatForTheDecimalThatItsWriterMeant) {
    EXPECT_EQ(from_double_dollars(0.1), 100'000'000'000);
    EXPECT_EQ(from_double_dollars(1.35e-05), 13'500'000);
    EXPECT_FALSE(from_double_dollars(std::numeric_limits<double>::infinity()));
    EXPECT_FALSE(from_double_dollars(1e10));
    EXPECT_EQ(to_double_dollars(100'000'000'000), 0.1);
    EXPECT_EQ(to_double_dollars(13'500'000), 1.35e-05);
}

TEST(Money, DoesNotOverflow) {
    constexpr auto kMost = std::numeric_limits<Picodollars>::max();
    EXPECT_EQ(add_saturated(kMost, 1), kMost);
    EXPECT_EQ(add_saturated(-kMost, -2), std::numeric_limits<Picodollars>::min());
    EXPECT_EQ(add_saturated(2, 3), 5);
}

TEST(Femtodollars, AreReadExactlyAndShownAsTheNearestDouble) {
    EXPECT_EQ(parse_femtodollars("1.5e-07"), 150'000'000);
    EXPECT_EQ(parse_femtodollars("0.00000015"), 150'000'000);
    EXPECT_EQ(parse_femtodollars("2.07519531e-09"), 2'075'195);
    EXPECT_EQ(parse_femtodollars("5e-16"), 1);
    EXPECT_EQ(parse_femtodollars("4e-16"), 0);
    EXPECT_EQ(parse_femtodollars("9000"), 9'000'000'000'000'000'000);
    EXPECT_EQ(parse_femtodollars("9300"), std::nullopt);
    EXPECT_EQ(parse_femtodollars("1e"), std::nullopt);
    EXPECT_EQ(to_double_price(150'000'000), 1.5e-07);
    EXPECT_EQ(to_double_price(0), 0.0);
    EXPECT_EQ(to_double_price(35'000'000'000'000), 0.035);
}

TEST(MillionthParts, AreReadExactly) {
    EXPECT_EQ(parse_millionths("1.1"), 1'100'000);
    EXPECT_EQ(parse_millionths("6.0"), 6'000'000);
    EXPECT_EQ(parse_millionths("x"), std::nullopt);
}

TEST(Money, IsWrittenAsPythonWritesFloats) {
    const auto text = [](double value) {
        std::string out;
        append_python_float(out, value);
        return out;
    };
    EXPECT_EQ(text(0), "0.0");
    EXPECT_EQ(text(1), "1.0");
    EXPECT_EQ(text(-2.5), "-2.5");
    EXPECT_EQ(text(0.1), "0.1");
    EXPECT_EQ(text(0.0001), "0.0001");
    EXPECT_EQ(text(0.00012345), "0.00012345");
    EXPECT_EQ(text(0.00001), "1e-05");
    EXPECT_EQ(text(1.35e-5), "1.35e-05");
    EXPECT_EQ(text(1e-100), "1e-100");
    EXPECT_EQ(text(123456.789), "123456.789");
    EXPECT_EQ(text(1e15), "1000000000000000.0");
    EXPECT_EQ(text(1.2e15), "1200000000000000.0");
    EXPECT_EQ(text(1e16), "1e+16");
    EXPECT_EQ(text(9007199254740993.0), "9007199254740992.0");
}

TEST(Money, IsWrittenWithoutAFloatAsWithOne) {
    std::string out;
    append_python_dollars(out, 13'500'000);
    EXPECT_EQ(out, "1.35e-05");
    std::vector<PicodollarSum> amounts = {0,
                                          1,
                                          -1,
                                          -13'500'000,
                                          9'223'372'036'854'775'807LL,
                                          PicodollarSum{9'223'372'036'854'775'807LL} * 1000};
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const PicodollarSum digits = static_cast<std::int64_t>(random() >> 1 >> random() % 63);
        amounts.push_back(digits);
        amounts.push_back(digits / 1'000'000 * 1'000'000);
    }
    for (const auto amount : amounts) {
        std::string with_float;
        append_python_float(with_float, to_double_dollars(amount));
        out.clear();
        append_python_dollars(out, amount);
        ASSERT_EQ(out, with_float) << to_text(amount);
    }
}

TEST(Money, IsTheNearestDoubleWhateverItsSize) {
    for (const Picodollars amount : {1LL, 3LL, 300'000'000'001LL, 9'007'199'254'740'993LL,
                                     9'223'372'036'854'775'807LL, -310'000'000LL}) {
        double nearest = 0;
        const auto exact = dollars(amount);
        std::from_chars(exact.data(), exact.data() + exact.size(), nearest);
        EXPECT_EQ(to_double_dollars(amount), nearest) << exact;
    }
}

}  // namespace
}  // namespace tollweir
