#include "tollweir/storage/config_row.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

const WallTime kNow = *parse_rfc3339("2026-11-26T12:00:00.120Z");

class ConfigRows : public MigratedStores {};
TOLLWEIR_BOTH_STORES(ConfigRows);

CredentialRow row(std::string name) {
    CredentialRow row;
    row.credential_id = "id-of-" + name;
    row.credential_name = std::move(name);
    row.credential_values = R"({"api_key": "sealed"})";
    row.created_at = row.updated_at = kNow;
    row.created_by = row.updated_by = "lena";
    return row;
}

TEST_P(ConfigRows, CredentialsAreKeptByTheirNames) {
    const auto first = row("a");
    ASSERT_TRUE(insert_credential_row(sql(), first));
    auto same_name = row("a");
    same_name.credential_id = "another";
    EXPECT_EQ(insert_credential_row(sql(), same_name).error().kind, ErrorKind::conflict);
    ASSERT_TRUE(insert_credential_row(sql(), row("b")));

    auto after = first;
    after.credential_name = "renamed";
    after.credential_info = R"({"description": "ours"})";
    ASSERT_TRUE(update_credential_row(sql(), first, after));
    const auto found = find_credential_row(sql(), "renamed");
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, after);
    EXPECT_EQ(*find_credential_row(sql(), "a"), std::nullopt);
    auto taken = after;
    taken.credential_name = "b";
    EXPECT_EQ(update_credential_row(sql(), after, taken).error().kind, ErrorKind::conflict);

    ASSERT_TRUE(delete_credential_row(sql(), "renamed"));
    const auto settings = list_stored_settings(sql());
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->credentials, std::vector{stored_credential(row("b"))});
}

TEST_P(ConfigRows, SectionsAreAddedAndReplaced) {
    EXPECT_EQ(*find_config_value(sql(), "router_settings"), "");
    ASSERT_TRUE(put_config_value(sql(), "router_settings", R"({"num_retries": 3})"));
    ASSERT_TRUE(put_config_value(sql(), "router_settings", R"({"num_retries": 4})"));
    ASSERT_TRUE(put_config_value(sql(), "ui_settings", "{}"));
    EXPECT_EQ(*find_config_value(sql(), "router_settings"), R"({"num_retries": 4})");
    const auto settings = list_stored_settings(sql());
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->sections,
              (std::vector<StoredSection>{{"router_settings", R"({"num_retries": 4})"}}));
}

}  // namespace
}  // namespace tollweir
