#include "gateway/admin/spend/spend_answer.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/gateway/admin/spend.hpp"

namespace tollweir {

net::Task<Result<void>> show_spend_of_keys(RequestContext& context) {
    auto work = [viewer = viewer_of(context.identity, false)](Sql& sql) {
        return list_keys_by_spend(sql, viewer, kMostSpendRows);
    };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_spend_of_users(RequestContext& context) {
    QueryFields fields(query_of(context));
    auto user_id = fields.text("user_id");
    if (auto checked = fields.checked(); !checked)
        co_return co_await refuse(std::move(checked.error()));
    auto work = [viewer = viewer_of(context.identity, false), user_id = std::move(user_id)](
                    Sql& sql) { return list_users_by_spend(sql, viewer, user_id, kMostSpendRows); };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_spend_of_tags(RequestContext& context) {
    auto days = read_spend_days(query_of(context), viewer_of(context.identity, false), today());
    if (!days) co_return co_await refuse(std::move(days.error()));
    auto work = [days = std::move(*days)](Sql& sql) -> Result<std::string> {
        const auto sums = sum_tag_spend(sql, days, kMostSpendRows);
        if (!sums) return std::unexpected(sums.error());
        std::string out;
        JsonWriter json(out);
        json.begin_array();
        for (const auto& sum : *sums) {
            json.begin_object().key("individual_request_tag").string(sum.name);
            json.key("log_count").number(sum.calls);
            json.key("total_spend").raw(dollars(sum.spend)).end_object();
        }
        json.end_array();
        return out;
    };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace tollweir
