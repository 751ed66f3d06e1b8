#include "tollweir/core/ids.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <thread>

namespace tollweir {
namespace {

std::string uuid4() {
    std::string text;
    append_uuid4(text);
    return text;
}

TEST(Uuid4, HasItsVersionAndVariant) {
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    for (int i = 0; i < 200; ++i) {
        const std::string id = uuid4();
        EXPECT_TRUE(std::regex_match(id, form)) << id;
    }
}

TEST(Uuid4, IsAppended) {
    std::string text = "chatcmpl-";
    append_uuid4(text);
    EXPECT_TRUE(text.starts_with("chatcmpl-"));
    EXPECT_EQ(text.size(), 9U + 36U);
}

TEST(Uuid4, DoesNotRepeatAcrossThreads) {
    std::set<std::string> mine, theirs;
    std::thread other([&theirs] {
        for (int i = 0; i < 1000; ++i) theirs.insert(uuid4());
    });
    for (int i = 0; i < 1000; ++i) mine.insert(uuid4());
    other.join();
    mine.merge(theirs);
    EXPECT_EQ(mine.size(), 2000U);
}

TEST(NewSecretKey, IsUrlSafeAndNew) {
    const std::regex form("sk-[A-Za-z0-9_-]{22}");
    const std::string key = new_secret_key();
    EXPECT_TRUE(std::regex_match(key, form)) << key;
    EXPECT_NE(key, new_secret_key());
}

}  // namespace
}  // namespace tollweir
