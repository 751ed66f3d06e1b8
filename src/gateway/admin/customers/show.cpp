#include "gateway/admin/customers/customer_rows.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/gateway/admin/customers.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMostListed = 10'000;

}  // namespace

net::Task<Result<void>> show_customer(RequestContext& context) {
    QueryFields query(context.client->head().query);
    auto id = query.text("end_user_id");
    if (id.empty()) query.refuse("end_user_id", "end_user_id is required");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kCustomerErrors));
    const auto show = [id = std::move(id)](Sql& sql, const AdminCall&) -> Result<std::string> {
        const auto row = find_customer(sql, id);
        if (!row) return std::unexpected(row.error());
        if (!*row)
            return row_error(ErrorKind::not_found, "End User Id=" + id + " does not exist in db",
                             "not_found", "end_user_id");
        return customer_json(sql, **row);
    };
    co_return co_await serve_rows(context, show, kCustomerErrors);
}

net::Task<Result<void>> list_customers(RequestContext& context) {
    QueryFields query(context.client->head().query);
    const auto page = query.count("page", 1, 1'000'000, 1);
    const auto size = query.count("page_size", 1, kMostListed, kMostListed);
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kCustomerErrors));
    const auto list = [page, size](Sql& sql, const AdminCall&) -> Result<std::string> {
        const auto rows = list_customers(sql, (page - 1) * size, size);
        if (!rows) return std::unexpected(rows.error());
        return customers_json(sql, *rows);
    };
    co_return co_await serve_rows(context, list, kCustomerErrors);
}

}  // namespace tollweir
