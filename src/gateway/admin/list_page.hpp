#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "tollweir/core/json.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"

namespace tollweir {

// What lists of rows have in common: which page is asked for, and how the answer tells of it.

struct ListPage {
    static constexpr std::size_t kMostRows = 100;
    static constexpr std::size_t kMostPages = 1'000'000;

    std::size_t number = 1;  // from 1 on
    std::size_t size = 0;

    std::size_t offset() const { return (number - 1) * size; }
    /// How many pages hold so many rows.
    std::size_t pages_of(std::size_t total) const { return (total + size - 1) / size; }
};

/// `page`, and how many rows one has.
inline ListPage read_list_page(QueryFields& query, std::size_t size_if_absent,
                               std::string_view size_field = "page_size") {
    return {query.count("page", 1, ListPage::kMostPages, 1),
            query.count(size_field, 1, ListPage::kMostRows, size_if_absent)};
}

/// `sort_order`: from the greatest on?
inline bool read_descending(QueryFields& query, bool if_absent) {
    const auto order = query.text("sort_order");
    if (!order.empty() && order != "asc" && order != "desc")
        query.refuse("sort_order", "Input should be 'asc' or 'desc'");
    return order.empty() ? if_absent : order == "desc";
}

/// `total`, `page`, `page_size` and `total_pages`, as members of an object.
inline void write_list_page(JsonWriter& json, const ListPage& page, std::int64_t rows) {
    const auto total = static_cast<std::size_t>(std::max<std::int64_t>(rows, 0));
    json.key("total").number(total).key("page").number(page.number);
    json.key("page_size").number(page.size).key("total_pages").number(page.pages_of(total));
}

}  // namespace tollweir
