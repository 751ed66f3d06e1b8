#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/token_recipe.hpp"
#include "tollweir/net/cancellable.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/net/worker.hpp"

namespace tollweir {

/// Access tokens of one worker: fetched when they are needed, kept until five minutes before they
/// expire, one fetch under way for each. A fetch that fails leaves a token in use that is good yet.
/// This worker's thread only.
class TokenSource {
public:
    explicit TokenSource(net::Worker& worker);
    ~TokenSource();
    TokenSource(const TokenSource&) = delete;
    TokenSource& operator=(const TokenSource&) = delete;

    /// A token that is good for minutes, as a rule. Does I/O only where it has none. `recipe`
    /// outlives the call; through `slot` it can be cancelled. Errors: `authentication` (the issuer
    /// refused), `rate_limited`, `unavailable`, and those of a connection; the message names the
    /// issuer and its code word, no secret. `client_closed` where it was cancelled.
    net::Task<Result<std::string>> current(const TokenRecipe& recipe, TimePoint deadline,
                                           net::CancelSlot& slot);

    /// The same as the `Authorization` of a head.
    net::Task<Result<void>> authorize(UpstreamHead& head, const TokenRecipe& recipe,
                                      TimePoint deadline, net::CancelSlot& slot);

private:
    struct Entry;

    std::shared_ptr<Entry> entry_of(const TokenRecipe& recipe, TimePoint now);
    net::Task<Result<void>> await_fetch(Entry& entry, TimePoint deadline, net::CancelSlot& slot);
    net::Task<Result<std::string>> fetch(Entry& entry, const TokenRecipe& recipe,
                                         TimePoint deadline, net::CancelSlot& slot);

    net::Worker& worker_;
    std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;  // by the recipe's key
};

}  // namespace tollweir
