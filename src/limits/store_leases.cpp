#include "tollweir/limits/store_leases.hpp"

#include <utility>

#include "tollweir/storage/budgets.hpp"

namespace tollweir {

void StoreLeases::exchange(std::vector<LeaseRequest> requests, std::function<void(Grants)> done) {
    // The job owns what it uses: the process may be on its way out when it runs.
    store_.post(StoreLane::lookup, [process = process_, requests = std::move(requests),
                                    done = std::move(done)](Result<Sql*> sql) {
        if (!sql) {
            done(std::unexpected(std::move(sql.error())));
            return;
        }
        done(exchange_leases(**sql, process, requests));
    });
}

}  // namespace tollweir
