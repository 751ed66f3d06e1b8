#include "tollweir/storage/model_row.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

const WallTime kNow = *parse_rfc3339("2026-11-26T12:00:00.120Z");

class ModelRows : public MigratedStores {};
TOLLWEIR_BOTH_STORES(ModelRows);

ModelRow row(std::string id) {
    ModelRow row;
    row.model_id = std::move(id);
    row.model_name = "smart";
    row.litellm_params = R"({"model": "sealed"})";
    row.created_at = row.updated_at = kNow;
    row.created_by = row.updated_by = "lena";
    return row;
}

TEST_P(ModelRows, AreKept) {
    auto first = row("a");
    first.model_info = R"({"id": "a"})";
    ASSERT_TRUE(insert_model_row(sql(), first));
    EXPECT_EQ(insert_model_row(sql(), first).error().kind, ErrorKind::conflict);
    const auto found = find_model_row(sql(), "a");
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->model_name, "smart");
    EXPECT_EQ((*found)->litellm_params, first.litellm_params);
    EXPECT_EQ((*found)->model_info, first.model_info);
    EXPECT_FALSE((*found)->blocked);
    EXPECT_EQ((*found)->created_by, "lena");

    auto after = **found;
    after.model_info.clear();
    after.blocked = true;
    ASSERT_TRUE(update_model_row(sql(), **found, after));
    const auto rows = list_model_rows(sql());
    ASSERT_TRUE(rows);
    EXPECT_EQ(*rows, std::vector{after});
    EXPECT_EQ(stored_model(after), (StoredModel{"a", "smart", first.litellm_params, "", true}));

    ASSERT_TRUE(delete_model_row(sql(), "a"));
    EXPECT_EQ(*find_model_row(sql(), "a"), std::nullopt);
}

}  // namespace
}  // namespace tollweir
