#include "tollweir/gateway/named_scopes.hpp"

#include <algorithm>

#include "tollweir/gateway/call_notes.hpp"
#include "tollweir/gateway/error_reply.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/storage/customers.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {
namespace {

// Of copies that may be used while the store is away: every copy is younger.
constexpr TimePoint kHoweverOld{};

GatewayError is_blocked(const std::string& id) {
    return {ErrorKind::permission_denied, ErrorSource::client,
            "User blocked from making LLM API Calls. User=" + id};
}

/// On a thread of the store. A client that leaves ends the wait, not the work.
template <class Work>
net::Task<std::invoke_result_t<Work, Sql&>> look_up(RequestContext& context, Work work) {
    net::CancelSlot slot;
    context.client->cancel_on_leave(&slot);
    auto& state = *context.state;
    auto outcome =
        co_await state.store->run(state.worker, slot, StoreLane::lookup, std::move(work));
    context.client->cancel_on_leave(nullptr);
    if (!outcome) tell_cut(*context.client, outcome.error());
    co_return outcome;
}

std::shared_ptr<const BoundCustomer> bound_customer(RequestContext& context,
                                                    std::optional<CustomerRecord> row) {
    CustomerRecord customer = row.value_or(CustomerRecord());
    if (!customer.limits.max_budget)
        customer.limits.max_budget = context.config().budgets.max_end_user_budget;
    auto bound = std::make_shared<BoundCustomer>();
    bound->blocked = customer.blocked;
    bound->region = customer.allowed_model_region;
    bound->default_model = customer.default_model;
    bound->loaded = Clock::now();
    bound->cells =
        context.state->limiter->bind({.kind = ScopeKind::customer, .id = context.end_user},
                                     customer.limits, customer.model_limits);
    return bound;
}

net::Task<Result<std::shared_ptr<const BoundCustomer>>> load_customer(RequestContext& context) {
    auto work = [id = context.end_user, budget = context.config().budgets.max_end_user_budget_id](
                    Sql& sql) { return find_customer_record(sql, id, budget); };
    const auto generation = context.state->named.generation();
    auto row = co_await look_up(context, std::move(work));
    if (!row && row.error().kind == ErrorKind::client_closed)
        co_return std::unexpected(std::move(row.error()));
    if (!row) {
        if (auto last = context.state->named.find_customer(context.end_user, kHoweverOld))
            co_return last;
    }
    auto customer = bound_customer(context, row ? std::move(*row) : std::nullopt);
    // Without the store it is nobody's word that there is no such customer: the next call asks.
    auto& named = context.state->named;
    if (row && named.generation() == generation) named.keep(context.end_user, customer);
    co_return customer;
}

std::shared_ptr<const BoundTags> bound_tags(const RequestContext& context,
                                            std::vector<TagRecord> rows) {
    for (const auto& budget : context.config().budgets.tags) {
        if (std::ranges::find(rows, budget.name, &TagRecord::name) == rows.end())
            rows.push_back({budget.name, {}, {}});
    }
    std::ranges::sort(rows, {}, &TagRecord::name);
    auto tags = std::make_shared<BoundTags>();
    for (const auto& row : rows)
        tags->tags.emplace_back(
            row.name, context.state->limiter->bind({.kind = ScopeKind::tag, .id = row.name},
                                                   row.limits, row.model_limits));
    return tags;
}

net::Task<Result<void>> load_tags(RequestContext& context) {
    const auto generation = context.state->named.generation();
    auto rows = co_await look_up(context, [](Sql& sql) { return find_budgeted_tags(sql); });
    if (!rows && rows.error().kind == ErrorKind::client_closed)
        co_return std::unexpected(std::move(rows.error()));
    auto& named = context.state->named;
    // Without the store the last ones go on, else those of the file; the next call asks again.
    if (!rows) {
        context.named.tags = named.tags(kHoweverOld);
        if (!context.named.tags) context.named.tags = bound_tags(context, {});
        co_return Result<void>{};
    }
    context.named.tags = bound_tags(context, std::move(*rows));
    if (named.generation() == generation) named.keep(context.named.tags, Clock::now());
    co_return Result<void>{};
}

void add(RequestContext& context, const KeyCells& cells) {
    auto& sets = context.named.sets;
    if (!cells.every.empty()) sets.push_back(&cells.every);
    if (const auto* of_model = cells.find_model(context.record.group)) sets.push_back(of_model);
}

}  // namespace

const KeyCells* BoundTags::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(
        tags, name, {}, [](const auto& entry) { return std::string_view(entry.first); });
    return found == tags.end() || found->first != name ? nullptr : &found->second;
}

std::shared_ptr<const BoundCustomer> NamedScopes::find_customer(std::string_view id,
                                                                TimePoint now) {
    auto found = young_.find(id);
    if (found == young_.end()) {
        const auto before = old_.find(id);
        if (before == old_.end()) return nullptr;
        keep(before->first, before->second);
        found = young_.find(id);
    }
    return now - found->second->loaded < kFreshFor ? found->second : nullptr;
}

void NamedScopes::keep(std::string id, std::shared_ptr<const BoundCustomer> customer) {
    if (young_.size() >= kMaxCustomers / 2) {
        old_ = std::move(young_);
        young_.clear();
    }
    young_.insert_or_assign(std::move(id), std::move(customer));
}

const std::shared_ptr<const BoundTags>& NamedScopes::tags(TimePoint now) {
    static const std::shared_ptr<const BoundTags> none;
    return now < tags_until_ ? tags_ : none;
}

void NamedScopes::keep(std::shared_ptr<const BoundTags> tags, TimePoint now) {
    tags_ = std::move(tags);
    tags_until_ = now + kFreshFor;
}

void NamedScopes::forget(std::string_view table, std::string_view id) {
    ++generation_;
    const bool any = table.empty() || table == "LiteLLM_BudgetTable";
    if (any || table == "LiteLLM_TagTable") tags_until_ = {};
    if (any) {
        young_.clear();
        old_.clear();
    } else if (table == "LiteLLM_EndUserTable") {
        if (const auto found = young_.find(id); found != young_.end()) young_.erase(found);
        if (const auto found = old_.find(id); found != old_.end()) old_.erase(found);
    }
}

bool names_scopes(RequestContext& context) {
    auto& state = *context.state;
    if (state.store == nullptr || state.limiter == nullptr) return false;
    if (!context.end_user.empty()) return true;
    const auto& tags = state.named.tags(context.client->arrival());
    return tags == nullptr || !tags->tags.empty();
}

net::Task<Result<void>> bind_named_scopes(RequestContext& context) {
    auto& state = *context.state;
    auto& named = context.named;
    if (!context.end_user.empty()) {
        named.customer = state.named.find_customer(context.end_user, Clock::now());
        if (!named.customer) {
            auto loaded = co_await load_customer(context);
            if (!loaded) co_return std::unexpected(std::move(loaded.error()));
            named.customer = std::move(*loaded);
        }
        if (named.customer->blocked) co_return std::unexpected(is_blocked(context.end_user));
        add(context, named.customer->cells);
    }
    named.tags = state.named.tags(Clock::now());
    if (!named.tags) {
        if (auto loaded = co_await load_tags(context); !loaded) co_return loaded;
    }
    if (!named.tags || named.tags->tags.empty()) co_return Result<void>{};
    take_call_notes(context);
    for (const auto& tag : context.notes.tags)
        if (const auto* cells = named.tags->find(tag)) add(context, *cells);
    co_return Result<void>{};
}

}  // namespace tollweir
