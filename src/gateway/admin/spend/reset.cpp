#include "gateway/admin/spend/spend_answer.hpp"
#include "tollweir/gateway/admin/spend.hpp"
#include "tollweir/storage/spend_reset.hpp"

namespace tollweir {

net::Task<Result<void>> reset_global_spend(RequestContext& context) {
    if (!context.identity.is_master())
        co_return co_await refuse(GatewayError(ErrorKind::permission_denied, ErrorSource::client,
                                               "Only the master key may reset spend"));
    auto work = [](Sql& sql) -> Result<std::string> {
        if (const auto done = reset_key_and_team_spend(sql); !done)
            return std::unexpected(done.error());
        return R"({"message":"Spend for all API Keys and Teams reset successfully",)"
               R"("status":"success"})";
    };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace tollweir
