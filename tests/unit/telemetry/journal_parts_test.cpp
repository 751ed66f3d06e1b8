#include "telemetry/journal_parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tollweir/core/crc32c.hpp"

namespace tollweir {
namespace {

TEST(JournalParts, KnowsWhereAPartStands) {
    JournalParts parts;
    const JournalPart first{100, 5, crc32c("bytes")};
    EXPECT_EQ(parts.find_or_add("bytes", 100), first);
    EXPECT_EQ(parts.find_or_add("other", 200).offset, 200U);
    EXPECT_EQ(parts.find_or_add("bytes", 300), first);
    EXPECT_EQ(parts.find_or_add("other", 400).offset, 200U);
}

TEST(JournalParts, OfAnotherFileAreForgotten) {
    JournalParts parts;
    parts.find_or_add("bytes", 100);
    parts.forget();
    EXPECT_EQ(parts.find_or_add("bytes", 50).offset, 50U);
}

TEST(JournalParts, AreWrittenAgainNowAndThen) {
    JournalParts parts;
    std::uint64_t last = 1;
    parts.find_or_add("bytes", last);
    std::size_t most = 0;
    for (std::uint64_t offset = 2; offset < 2000; ++offset)
        if (const auto found = parts.find_or_add("bytes", offset).offset; found != last) {
            EXPECT_EQ(found, offset);
            most = std::max<std::size_t>(most, found - last);
            last = found;
        }
    EXPECT_GT(most, 100U);
    EXPECT_LT(most, 300U);
}

TEST(JournalParts, WithOneChecksumAreToldApart) {
    ASSERT_EQ(crc32c("ccaoacux"), crc32c("wcjifoae"));
    JournalParts parts;
    parts.find_or_add("ccaoacux", 10);
    EXPECT_EQ(parts.find_or_add("wcjifoae", 20).offset, 20U);
}

}  // namespace
}  // namespace tollweir
