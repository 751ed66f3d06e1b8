#include "tollweir/gateway/booking.hpp"

#include <algorithm>
#include <charconv>

#include "tollweir/gateway/call_notes.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/providers/provider.hpp"
#include "tollweir/telemetry/unpriced.hpp"

namespace tollweir {

namespace {

// What a client chose may be as long as its body: a row takes the beginning.
constexpr std::size_t kMaxModelBytes = 256;
constexpr std::size_t kMaxErrorBytes = 2048;

std::string_view beginning(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    return text.substr(0, most);
}

std::string_view call_type_of(Endpoint endpoint) {
    switch (endpoint) {
        case Endpoint::chat_completions:
            return "acompletion";
        case Endpoint::completions:
            return "atext_completion";
        case Endpoint::embeddings:
            return "aembedding";
        case Endpoint::moderations:
            return "amoderation";
    }
    return "";
}

void name_caller(const Identity& identity, SpendRow& row) {
    if (!identity.key) {
        if (identity.is_master()) {
            row.key_hash = kMasterKeyName;
            row.user_id = kDefaultUserId;
        }
        return;
    }
    const auto& key = *identity.key;
    row.key_hash = key.hash;
    row.key_alias = key.alias;
    row.user_id = key.user_id;
    row.team_id = key.team_id;
    row.agent_id = key.agent_id;
    row.organization_id = key.organization_id;
    row.project_id = key.project_id;
    if (key.team) {
        row.team_alias = key.team->alias;
        if (row.organization_id.empty()) row.organization_id = key.team->organization_id;
    }
    if (key.project) row.project_alias = key.project->alias;
}

void add_scopes(const Reservation& reservation, std::vector<BookedScope>& scopes) {
    for (const auto& charge : reservation.charges())
        if (charge.cell->kind() == LimitKind::budget)
            scopes.push_back({charge.cell->key(), charge.period, charge.amount});
}

void name_group(const RequestContext& context, SpendRow& row) {
    const auto& group = context.record.group;
    row.model_group = beginning(group.empty() ? context.requested_model : group, kMaxModelBytes);
}

/// Who is called, in the row of the call.
void name_deployment(const RequestContext& context, const Leg& leg, SpendRow& row) {
    name_group(context, row);
    row.model = beginning(leg.model, kMaxModelBytes);
    row.model_id = leg.deployment->id;
    row.provider = leg.deployment->provider->name();
    row.api_base = leg.deployment->api_base;
}

/// What the call came to, on what it was charged to: the caller's limits all legs of the last
/// group, a deployment's its own.
void cost_scopes(const RequestContext& context, SpendRow& row) {
    Picodollars of_group = 0;
    for (auto i = context.group_begin; i < context.legs.size(); ++i)
        of_group = add_saturated(of_group, context.legs[i].charged.total);
    const auto begin = context.settled_scopes.size();
    const auto end = begin + context.callers_scopes;
    for (std::size_t i = begin; i < row.scopes.size(); ++i)
        row.scopes[i].cost = i < end ? of_group : context.legs.back().charged.total;
}

/// What is known of the call, whatever became of it.
void fill_row(RequestContext& context) {
    auto& row = context.row;
    const auto& record = context.record;
    row.clear();
    name_caller(context.identity, row);
    row.call_id = record.call_id;
    row.call_type = call_type_of(context.view.endpoint);
    row.endpoint = route_of(context.view.endpoint);
    if (context.config().spend.tracks_end_users) row.end_user = context.end_user;
    for (const auto& tag : context.notes.tags) row.tags.push_back(tag);
    row.session_id = context.notes.trace;
    row.client_metadata_json = context.notes.client_metadata;
    row.requester_ip = context.client->peer();
    keep_request(context);
    if (context.kept) row.request_json = context.kept->request;
    name_group(context, row);
    row.start = context.arrived;
    row.end = row.start;
}

bool has_budgets(const Reservation& reservation) {
    return std::ranges::any_of(reservation.charges(), [](const Charge& charge) {
        return charge.cell->kind() == LimitKind::budget;
    });
}

/// Whether nobody would read the row: neither rows nor totals are wanted, and no budget counts it.
bool is_unread(const RequestContext& context, const Leg& leg) {
    const auto& spend = context.config().spend;
    return !spend.writes_logs && !spend.writes_updates && !has_budgets(context.reservation) &&
           !has_budgets(leg.reservation);
}

std::string_view status_text(int status, std::string& out) {
    char digits[12];
    const auto end = std::to_chars(digits, digits + sizeof digits, status).ptr;
    out.assign(digits, end);
    return out;
}

}  // namespace

Result<void> open_booking(RequestContext& context) {
    auto* journal = context.state->journal;
    const auto& leg = context.legs.back();
    if (journal == nullptr || is_unread(context, leg)) return {};
    const bool again = context.journal_call.is_open();
    if (!again) {
        take_call_notes(context);
        fill_row(context);
    }
    auto& row = context.row;
    name_deployment(context, leg, row);
    row.cost = context.estimate.cost;
    row.usage.prompt_tokens = context.estimate.prompt.tokens;
    row.usage.completion_tokens = context.estimate.completion_tokens;
    row.usage.total_tokens = row.usage.prompt_tokens + row.usage.completion_tokens;
    row.scopes = context.settled_scopes;
    add_scopes(context.reservation, row.scopes);
    context.callers_scopes = row.scopes.size() - context.settled_scopes.size();
    add_scopes(leg.reservation, row.scopes);
    return again ? journal->reopen(context.journal_call, row)
                 : journal->open(context.journal_call, row);
}

void keep_scopes(RequestContext& context, const Reservation& reservation, Picodollars cost) {
    const auto begin = context.settled_scopes.size();
    add_scopes(reservation, context.settled_scopes);
    for (auto i = begin; i < context.settled_scopes.size(); ++i)
        context.settled_scopes[i].cost = cost;
}

void price_leg(RequestContext& context, Leg& leg) {
    if (leg.priced) return;
    leg.priced = true;
    const auto* price = context.snapshot->price_for(*leg.deployment, leg.model);
    if (price == nullptr) {
        context.state->metrics.count_unpriced();
        if (context.state->unpriced != nullptr)
            context.state->unpriced->note(leg.deployment->model_string);
        return;
    }
    leg.has_price = true;
    auto facts = context.estimate.facts;
    facts.response_time = leg.response_time;
    leg.cost = cost_of(*price, leg.usage, facts);
    leg.charged = charge(leg.cost.total, leg.deployment->cost_terms);
}

void close_booking(RequestContext& context) {
    auto* journal = context.state->journal;
    if (journal == nullptr) return;
    auto& row = context.row;
    const auto& record = context.record;
    const bool was_open = context.journal_call.is_open();
    if (!was_open) {
        const auto& spend = context.config().spend;
        if (!spend.writes_logs || !spend.logs_errors || !context.record.failed ||
            !context.state->may_note_refusal(context.now))
            return;
        take_call_notes(context);
        fill_row(context);
    }
    if (was_open && !context.legs.empty()) name_deployment(context, context.legs.back(), row);
    row.cost = 0;
    row.usage = {};
    for (const auto& leg : context.legs) {
        add(row.usage, leg.usage);
        row.cost = add_saturated(row.cost, leg.charged.total);
        row.breakdown.input = add_saturated(row.breakdown.input, leg.cost.input());
        row.breakdown.output = add_saturated(row.breakdown.output, leg.cost.output());
        row.breakdown.tools = add_saturated(row.breakdown.tools, leg.cost.tools());
        row.breakdown.discount = add_saturated(row.breakdown.discount, leg.charged.discount);
        row.breakdown.margin = add_saturated(row.breakdown.margin, leg.charged.margin);
    }
    cost_scopes(context, row);
    row.response_id = context.response_id;
    if (context.kept) row.response_json = context.kept->answer;
    const auto took =
        std::chrono::duration_cast<WallTime::duration>(context.now - context.client->arrival());
    row.end = row.start + took;
    if (record.first_token) row.first_token = row.start + *record.first_token;
    row.estimated = row.usage.estimated;
    if (record.failed) {
        row.status = SpendStatus::failure;
        row.error.code = status_text(record.status, context.row_status);
        row.error.class_name = record.error_class;
        row.error.message = beginning(record.error, kMaxErrorBytes);
        row.error.provider = record.provider;
    }
    if (was_open)
        journal->close(context.journal_call, row);
    else
        journal->append(row);
}

}  // namespace tollweir
