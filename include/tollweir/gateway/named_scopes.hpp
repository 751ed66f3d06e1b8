#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/charge.hpp"
#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

struct RequestContext;

/// A customer as its row had it when it was loaded, bound to its limits.
struct BoundCustomer {
    bool blocked = false;
    std::string region;         // the only one that may serve it; empty: any
    std::string default_model;  // where no deployment of its model is there; empty: none
    KeyCells cells;
    TimePoint loaded{};
};

/// The budgeted tags, bound to their limits. Immutable.
struct BoundTags {
    std::vector<std::pair<std::string, KeyCells>> tags;  // in the order of their names

    const KeyCells* find(std::string_view name) const;
};

/// What requests name beside their key, as one worker knows it: customers as they come, and the
/// list of tags that have a budget. Touched by that worker's thread only.
///
/// A row's change is heard of (`forget`); a copy is also asked for anew after a minute. While the
/// store is away the last copies serve; of a customer who is new then only the configuration's
/// limits are known.
class NamedScopes {
public:
    /// Null: it must be looked up.
    std::shared_ptr<const BoundCustomer> find_customer(std::string_view id, TimePoint now);
    void keep(std::string id, std::shared_ptr<const BoundCustomer> customer);
    /// Null: they must be loaded.
    const std::shared_ptr<const BoundTags>& tags(TimePoint now);
    void keep(std::shared_ptr<const BoundTags> tags, TimePoint now);

    /// `table` as LiteLLM names it, `id` its key; an empty table: anything may have changed.
    void forget(std::string_view table, std::string_view id);
    /// Rises with each `forget`: what was asked for before it may be the old row, and is not kept.
    std::uint64_t generation() const { return generation_; }

    /// Customers that are held at most: those not asked for longest go first, half of them at once.
    static constexpr std::size_t kMaxCustomers = 100'000;
    static constexpr std::chrono::seconds kFreshFor{60};

private:
    using Customers = StringMap<std::shared_ptr<const BoundCustomer>>;

    Customers young_;
    Customers old_;
    std::shared_ptr<const BoundTags> tags_;
    TimePoint tags_until_{};
    std::uint64_t generation_ = 0;
};

/// Finds what binds the call beside its key: fills `context.named`. Errors: `permission_denied`
/// (the customer is blocked), `client_closed`.
net::Task<Result<void>> bind_named_scopes(RequestContext& context);

/// Whether there is anything to bind: most calls name nobody.
bool names_scopes(RequestContext& context);

}  // namespace tollweir
