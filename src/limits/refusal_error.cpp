#include "tollweir/limits/refusal_error.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace tollweir {
namespace {

using std::chrono::seconds;

std::string_view name_of(LimitKind kind) {
    switch (kind) {
        case LimitKind::requests:
            return "requests";
        case LimitKind::tokens:
            return "tokens";
        case LimitKind::slots:
            return "max_parallel_requests";
        case LimitKind::budget:
            break;
    }
    return "budget";
}

/// `2026-11-26 13:31:00 UTC`
std::string utc_text(WallTime time) {
    const auto whole = std::chrono::ceil<seconds>(time);
    const auto day_start = std::chrono::floor<std::chrono::days>(whole);
    const std::chrono::year_month_day date(day_start);
    const std::chrono::hh_mm_ss clock(whole - day_start);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d UTC",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

std::string dollars_with(int digits, Picodollars amount) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, to_double_dollars(amount));
    return text;
}

// --- Rates and slots.

GatewayError rate_error(const Refusal& refusal, WallTime now) {
    const auto descriptor = std::string(descriptor_of(refusal.scope));
    const auto kind = std::string(name_of(refusal.kind));
    const auto limit = std::to_string(refusal.limit);
    const auto left = std::to_string(std::max<std::int64_t>(0, refusal.limit - refusal.used));
    auto value = refusal.label;
    if (!refusal.scope.member.empty()) value += ":" + refusal.scope.member;
    if (!refusal.scope.model.empty()) value += ":" + refusal.scope.model;
    std::string message = "Rate limit exceeded for " + descriptor + ": " + value +
                          ". Limit type: " + kind + ". Current limit: " + limit +
                          ", Remaining: " + left + ".";
    std::string headers = "rate_limit_type: " + kind + "\r\n";
    const auto add_header = [&](std::string_view what, const std::string& text) {
        for (const auto& infix : {std::string(), descriptor + "-"})
            headers.append("x-ratelimit-")
                .append(infix)
                .append(what)
                .append("-")
                .append(kind)
                .append(": ")
                .append(text)
                .append("\r\n");
    };
    add_header("limit", limit);
    add_header("remaining", left);

    GatewayError error(ErrorKind::rate_limited, ErrorSource::gateway, {});
    if (refusal.frees_in) {
        const auto wait = std::max(std::chrono::ceil<seconds>(*refusal.frees_in), seconds(1));
        const auto resets_at = utc_text(now + wait);
        message += " Limit resets at: " + resets_at;
        headers += "reset_at: " + resets_at + "\r\n";
        add_header("reset", std::to_string(wait.count()) + "s");
        error.retry_after = std::to_string(wait.count());
    } else if (refusal.kind == LimitKind::slots) {
        message += " A slot is free when a request has ended.";
        error.retry_after = "1";
    } else {
        // Waiting does not help.
        message += " The request takes " + std::to_string(refusal.asked) +
                   ", which is more than the limit.";
        error.should_not_retry = true;
    }
    error.message = std::move(message);
    error.headers = std::move(headers);
    return error;
}

// --- Budgets.

std::string model_budget_text(const Refusal& refusal) {
    const auto& scope = refusal.scope;
    const auto tail = ", exceeded budget for model=" + scope.model;
    switch (scope.kind) {
        case ScopeKind::key:
            return "LiteLLM Virtual Key: " + scope.id +
                   ", key_alias: " + (refusal.label == scope.id ? "None" : refusal.label) + tail;
        case ScopeKind::team_member:
            return "ExceededBudget: Team member model budget exceeded. User=" + scope.member +
                   ", Team=" + scope.id + ", Model=" + scope.model + ". Spend=$" +
                   dollars(refusal.used) + ", Budget=$" + dollars(refusal.limit);
        case ScopeKind::user:
            return "LiteLLM User: " + scope.id + tail;
        case ScopeKind::customer:
            return "LiteLLM End User: " + scope.id + tail;
        case ScopeKind::team:
            return "LiteLLM Team: " + scope.id + tail;
        case ScopeKind::organization:
            return "LiteLLM Organization: " + scope.id + tail;
        case ScopeKind::organization_member:
            return "LiteLLM User: " + scope.member + " in Organization: " + scope.id + tail;
        case ScopeKind::project:
            return "LiteLLM Project: " + scope.id + tail;
        case ScopeKind::tag:
        case ScopeKind::provider:
        case ScopeKind::deployment:
        case ScopeKind::global:
            break;
    }
    return std::string(descriptor_of(scope)) + " " + scope.id + tail;
}

std::string window_text(const Refusal& refusal) {
    std::string bearer = "Key";
    if (refusal.scope.kind == ScopeKind::team) bearer = "Team=" + refusal.scope.id;
    return "ExceededBudget: " + bearer + " over " + refusal.scope.window + " budget. Spend=$" +
           dollars_with(4, refusal.used) + ", Limit=$" + dollars_with(2, refusal.limit);
}

/// What is spent; what is spent and reserved, where only both together use the cap up.
Picodollars shown_cost(const Refusal& refusal) {
    return refusal.used >= refusal.limit ? refusal.used
                                         : add_saturated(refusal.used, refusal.reserved);
}

std::string budget_text(const Refusal& refusal) {
    const auto& scope = refusal.scope;
    const auto cost = dollars(shown_cost(refusal));
    const auto limit = dollars(refusal.limit);
    const auto over = [&](const std::string& bearer) {
        return "Budget has been exceeded! " + bearer + "Current cost: " + cost +
               ", Max budget: " + limit;
    };
    if (!scope.model.empty()) return model_budget_text(refusal);
    switch (scope.kind) {
        case ScopeKind::key:
            return scope.window.empty() ? over("") : window_text(refusal);
        case ScopeKind::team:
            return scope.window.empty() ? over("Team=" + scope.id + " ") : window_text(refusal);
        case ScopeKind::team_member:
            return over("User=" + scope.member + " in Team=" + scope.id + " ");
        case ScopeKind::project:
            return over("Project=" + scope.id + " ");
        case ScopeKind::organization:
            return over("Organization=" + scope.id + " ");
        case ScopeKind::organization_member:
            return over("User=" + scope.member + " in Organization=" + scope.id + " ");
        case ScopeKind::tag:
            return over("Tag=" + scope.id + " ");
        case ScopeKind::user:
            return "ExceededBudget: User=" + scope.id + " over budget. Spend=" + cost +
                   ", Budget=" + limit;
        case ScopeKind::customer:
            return "ExceededBudget: End User=" + scope.id + " over budget. Spend=" + cost +
                   ", Budget=" + limit;
        case ScopeKind::provider:
        case ScopeKind::deployment:
            return "No deployments available - crossed budget: Exceeded budget for " +
                   std::string(descriptor_of(scope)) + " " + refusal.label + ": " + cost +
                   " >= " + limit;
        case ScopeKind::global:
            break;
    }
    return over("");
}

GatewayError budget_error(const Refusal& refusal, int status) {
    auto text = budget_text(refusal);
    if (refusal.used < refusal.limit && refusal.reserved > 0)
        text += " (" + dollars(refusal.reserved) + " of it reserved by requests under way)";
    // What binds a deployment leaves others to try, and is the router's affair, not the caller's.
    const bool is_routing =
        refusal.scope.kind == ScopeKind::provider || refusal.scope.kind == ScopeKind::deployment;
    if (is_routing) {
        GatewayError error(ErrorKind::rate_limited, ErrorSource::gateway, std::move(text));
        if (refusal.frees_in)
            error.retry_after = std::to_string(
                std::max(std::chrono::ceil<seconds>(*refusal.frees_in), seconds(1)).count());
        return error;
    }
    GatewayError error(ErrorKind::budget_exceeded, ErrorSource::gateway, std::move(text));
    error.status = status;
    error.should_not_retry = true;
    return error;
}

}  // namespace

GatewayError to_error(const Refusal& refusal, int budget_status, WallTime now) {
    return refusal.kind == LimitKind::budget ? budget_error(refusal, budget_status)
                                             : rate_error(refusal, now);
}

}  // namespace tollweir
