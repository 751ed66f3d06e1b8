#include "config/known_keys.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tollweir {
namespace {

std::string full_name(const KeyTable& table, const KnownKey& key) {
    return table.section.empty() ? std::string(key.name)
                                 : std::string(table.section) + '.' + std::string(key.name);
}

TEST(KnownKeys, StandOnce) {
    std::set<std::string> seen;
    for (const auto& table : key_tables())
        for (const auto& key : table.keys)
            EXPECT_TRUE(seen.insert(full_name(table, key)).second) << full_name(table, key);
}

TEST(KnownKeys, SayWhyTheyAreRefusedOrWithoutEffect) {
    for (const auto& table : key_tables())
        for (const auto& key : table.keys)
            if (key.status == KeyStatus::refused || key.status == KeyStatus::no_effect) {
                EXPECT_FALSE(key.note.empty()) << full_name(table, key);
            }
}

}  // namespace
}  // namespace tollweir
