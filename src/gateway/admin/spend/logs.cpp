#include <algorithm>

#include "gateway/admin/spend/spend_answer.hpp"
#include "gateway/admin/spend/spend_days_json.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/admin/spend.hpp"

namespace tollweir {
namespace {

/// How many there are is counted for the first page only of those who go on by a cursor; a client
/// that goes on by numbers is told of a further page while there is one.
Result<std::string> show_page(Sql& sql, const SpendPageQuery& asked) {
    const auto page =
        page_spend_rows(sql, asked.filter, (asked.page - 1) * asked.page_size, asked.page_size);
    if (!page) return std::unexpected(page.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("data").raw(page->json);
    if (!asked.filter.after) {
        const auto counted = count_spend_rows(sql, asked.filter);
        if (!counted) return std::unexpected(counted.error());
        const auto size = static_cast<std::int64_t>(asked.page_size);
        // A page may hold rows beyond those that were counted, and another one may follow.
        const auto shown = static_cast<std::int64_t>(asked.page) * size;
        const auto total =
            !counted->is_exact && page->last ? std::max(counted->rows, shown + 1) : counted->rows;
        json.key("total").number(total).key("total_is_exact").boolean(counted->is_exact);
        json.key("page").number(asked.page).key("total_pages").number((total + size - 1) / size);
    }
    json.key("page_size").number(asked.page_size).key("next_cursor");
    page->last ? json.string(cursor_text(*page->last)) : json.null();
    json.end_object();
    return out;
}

}  // namespace

net::Task<Result<void>> show_spend_logs(RequestContext& context) {
    auto asked =
        read_spend_logs_query(query_of(context), viewer_of(context.identity, false), today());
    if (!asked) co_return co_await refuse(std::move(asked.error()));
    auto work = [asked = std::move(*asked)](Sql& sql) -> Result<std::string> {
        if (!asked.sums) return list_spend_rows(sql, asked.filter, 0, kMostSpendRows);
        SpendDaysJson days;
        const auto add = [&](const auto& part) { days.add(part); };
        const auto visited = visit_daily_spend(sql, asked.days, {.of_key = add, .of_model = add});
        if (!visited) return std::unexpected(visited.error());
        return days.json(asked.days.first, asked.last_day);
    };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_spend_log_page(RequestContext& context) {
    auto asked = read_spend_page_query(query_of(context), viewer_of(context.identity, false));
    if (!asked) co_return co_await refuse(std::move(asked.error()));
    auto work = [asked = std::move(*asked)](Sql& sql) { return show_page(sql, asked); };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_spend_log_texts(RequestContext& context) {
    auto work = [viewer = viewer_of(context.identity, false), id = context.path_part](Sql& sql) {
        return show_spend_texts(sql, viewer, id);
    };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_spend_session(RequestContext& context) {
    auto asked = read_spend_session_query(query_of(context), viewer_of(context.identity, false));
    if (!asked) co_return co_await refuse(std::move(asked.error()));
    auto work = [asked = std::move(*asked)](Sql& sql) { return show_page(sql, asked); };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace tollweir
