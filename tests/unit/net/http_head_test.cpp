#include "tollweir/net/http_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tollweir::net {
namespace {

// Heads are looked at sixteen bytes at a time: so each fault is put at every place of three blocks,
// with every number of bytes behind it.
template <class Check>
void at_every_place(std::string_view fault, const Check& check) {
    for (std::size_t before = 0; before < 35; ++before)
        for (std::size_t behind = 0; behind < 35; ++behind)
            check(std::string(before, 'x').append(fault).append(behind, 'x'));
}

TEST(FindAmbiguity, PassesOrdinaryLines) {
    at_every_place("\r\nName:\tvalue \x80\r\n\r\n", [](const std::string& head) {
        EXPECT_EQ(find_ambiguity(head), nullptr) << head;
    });
    EXPECT_EQ(find_ambiguity(""), nullptr);
}

TEST(FindAmbiguity, PassesAHeadCutAnywhere) {
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nAccept: b\r\n\r\n";
    for (std::size_t size = 0; size <= head.size(); ++size)
        EXPECT_EQ(find_ambiguity(head.substr(0, size)), nullptr) << size;
}

TEST(FindAmbiguity, SeesABareLineFeed) {
    at_every_place("\n", [](const std::string& head) {
        EXPECT_STREQ(find_ambiguity(head), "a line ends with a bare line feed");
    });
}

TEST(FindAmbiguity, SeesABareCarriageReturn) {
    at_every_place("\ry", [](const std::string& head) {
        EXPECT_STREQ(find_ambiguity(head), "a bare carriage return");
    });
    at_every_place("\r\r\n", [](const std::string& head) {
        EXPECT_STREQ(find_ambiguity(head), "a bare carriage return");
    });
}

TEST(FindAmbiguity, SeesAFoldedLine) {
    for (const std::string_view fold : {"\r\n y", "\r\n\ty"})
        at_every_place(fold, [](const std::string& head) {
            EXPECT_STREQ(find_ambiguity(head), "folded header lines are not accepted");
        });
}

TEST(FindAmbiguity, SeesEveryControlCharacter) {
    for (int byte = 0; byte <= 0x7f; ++byte) {
        if ((byte >= 0x20 && byte != 0x7f) || byte == '\t' || byte == '\r' || byte == '\n')
            continue;
        const char fault = static_cast<char>(byte);
        at_every_place({&fault, 1}, [](const std::string& head) {
            EXPECT_STREQ(find_ambiguity(head), "a control character in the header");
        });
    }
}

TEST(SameName, IgnoresTheCaseOfLettersOnly) {
    EXPECT_TRUE(same_name("X-Api-Key", "x-aPI-kEY"));
    EXPECT_TRUE(same_name("", ""));
    EXPECT_FALSE(same_name("x-api-key", "x-api-kex"));
    EXPECT_FALSE(same_name("x-api-key", "x-api-keys"));
    EXPECT_FALSE(same_name("@a", "`a"));  // 0x40 and 0x60 differ as `A` and `a` do
    EXPECT_FALSE(same_name("a[", "a{"));
}

}  // namespace
}  // namespace tollweir::net
