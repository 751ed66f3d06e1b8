#include "tollweir/core/base64.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace tollweir {
namespace {

std::string base64(std::string_view text) {
    std::string out;
    append_base64(out, std::as_bytes(std::span(text)));
    return out;
}

// RFC 4648, section 10.
TEST(Base64, AgreesWithThePublishedVectors) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foob"), "Zm9vYg==");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

std::string decoded(std::string_view text) {
    std::string out;
    return decode_base64(text, out) ? out : "refused";
}

TEST(Base64, DecodesWhatItEncodes) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        EXPECT_EQ(decoded(base64(bytes)), bytes);
        bytes += static_cast<char>(i);
    }
}

TEST(Base64, RefusesWhatIsNone) {
    for (const std::string_view text :
         {"Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zh==", "Zm9=", "-__-", "Zm 9"}) {
        EXPECT_EQ(decoded(text), "refused") << text;
    }
}

TEST(Base64Url, HasNeitherPaddingNorCharactersThatUrlsEscape) {
    const std::string_view bytes("\xfb\xff\xfe", 3);
    std::string standard, url;
    append_base64(standard, std::as_bytes(std::span(bytes)));
    append_base64url(url, std::as_bytes(std::span(bytes)));
    EXPECT_EQ(standard, "+//+");
    EXPECT_EQ(url, "-__-");
    url.clear();
    append_base64url(url, std::as_bytes(std::span(bytes.substr(0, 1))));
    EXPECT_EQ(url, "-w");
}

}  // namespace
}  // namespace tollweir
