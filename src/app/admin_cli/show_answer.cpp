#include "app/admin_cli/show_answer.hpp"

#include <algorithm>

#include "app/admin_cli/shown_value.hpp"
#include "app/admin_cli/spend_summary.hpp"
#include "app/admin_cli/text_table.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir::admin_cli {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kShownOnce =
    "the key is shown only this once: the gateway keeps its hash";

enum class As : std::uint8_t { text, list, count, money, budget, time, models, key_state, flag };

/// One thing that is shown of a row: a column of a list, a line of a single one.
struct Part {
    std::string_view title;
    std::string_view member;
    As as = As::text;
    bool shrinks = false;
};

// clang-format off
constexpr Part kKeyColumns[] = {
    {"ALIAS", "key_alias", As::text, true}, {"KEY", "key_name"}, {"USER", "user_id", As::text, true},
    {"TEAM", "team_id", As::text, true}, {"MODELS", "models", As::models, true}, {"SPEND", "spend", As::money},
    {"BUDGET", "max_budget", As::budget}, {"ENDS", "expires", As::time}, {"STATE", "", As::key_state},
};
constexpr Part kHash[] = {{"HASH", "token"}};
constexpr Part kKeyLines[] = {
    {"key", "key"}, {"name", "key_name"}, {"alias", "key_alias"}, {"hash", "token"}, {"state", "", As::key_state},
    {"user", "user_id"}, {"team", "team_id"}, {"organization", "organization_id"}, {"project", "project_id"},
    {"models", "models", As::models}, {"spend", "spend", As::money}, {"budget", "max_budget", As::budget},
    {"soft budget", "soft_budget", As::money}, {"budget row", "budget_id"}, {"resets", "budget_reset_at", As::time},
    {"requests/min", "rpm_limit"}, {"tokens/min", "tpm_limit"}, {"calls at once", "max_parallel_requests"},
    {"ends", "expires", As::time}, {"last used", "last_active", As::time}, {"made", "created_at", As::time},
    {"made by", "created_by"},
};
constexpr Part kLimitColumns[] = {
    {"BOUND BY", "entity"}, {"ID", "id", As::text, true}, {"SPEND", "spend", As::money},
    {"BUDGET", "max_budget", As::budget}, {"RESETS", "budget_reset_at", As::time}, {"REQUESTS/MIN", "rpm_limit"},
    {"TOKENS/MIN", "tpm_limit"}, {"AT ONCE", "max_parallel_requests"},
};

constexpr Part kUserColumns[] = {
    {"USER", "user_id", As::text, true}, {"EMAIL", "user_email", As::text, true}, {"NAME", "user_alias", As::text, true},
    {"ROLE", "user_role"}, {"TEAMS", "teams", As::list, true}, {"KEYS", "key_count"}, {"SPEND", "spend", As::money},
    {"BUDGET", "max_budget", As::budget},
};
constexpr Part kUserLines[] = {
    {"user", "user_id"}, {"email", "user_email"}, {"name", "user_alias"}, {"role", "user_role"},
    {"teams", "teams", As::list}, {"models", "models", As::models}, {"spend", "spend", As::money},
    {"budget", "max_budget", As::budget}, {"resets", "budget_reset_at", As::time}, {"requests/min", "rpm_limit"},
    {"tokens/min", "tpm_limit"}, {"calls at once", "max_parallel_requests"}, {"made", "created_at", As::time},
    {"key", "key"},
};

constexpr Part kTeamColumns[] = {
    {"TEAM", "team_id", As::text, true}, {"NAME", "team_alias", As::text, true},
    {"MEMBERS", "members_with_roles", As::count}, {"MODELS", "models", As::models, true},
    {"SPEND", "spend", As::money}, {"BUDGET", "max_budget", As::budget}, {"BLOCKED", "blocked", As::flag},
};
constexpr Part kTeamLines[] = {
    {"team", "team_id"}, {"name", "team_alias"}, {"organization", "organization_id"},
    {"models", "models", As::models}, {"spend", "spend", As::money}, {"budget", "max_budget", As::budget},
    {"resets", "budget_reset_at", As::time}, {"requests/min", "rpm_limit"}, {"tokens/min", "tpm_limit"},
    {"members", "members_with_roles", As::count}, {"blocked", "blocked", As::flag}, {"made", "created_at", As::time},
};
constexpr Part kMemberColumns[] = {
    {"MEMBER", "user_id", As::text, true}, {"EMAIL", "user_email", As::text, true}, {"ROLE", "role"},
};

constexpr Part kCallColumns[] = {
    {"TIME", "startTime", As::time}, {"KEY", "metadata.user_api_key_alias", As::text, true},
    {"USER", "user", As::text, true}, {"TEAM", "team_id", As::text, true}, {"MODEL", "model", As::text, true},
    {"TOKENS", "total_tokens"}, {"SPEND", "spend", As::money}, {"STATUS", "status"}, {"CALL", "request_id", As::text, true},
};
// clang-format on

bool is_number(As as) {
    return as == As::money || as == As::budget || as == As::count;
}

std::string budget_of(const JsonNode& row) {
    auto budget = money_of(row, "max_budget");
    const auto duration = text_of(row, "budget_duration");
    if (!budget.empty() && !duration.empty()) budget += " / " + duration;
    return budget;
}

std::string state_of_key(const JsonNode& row, WallTime now) {
    if (flag_of(row, "blocked")) return "blocked";
    const auto expires = parse_rfc3339(text_of(row, "expires"));
    return expires && *expires <= now ? "ended" : "active";
}

std::string show_part(const Part& part, const JsonNode& row, WallTime now) {
    if (const auto point = part.member.find('.'); point != part.member.npos) {
        const auto* object = row.find(part.member.substr(0, point));
        return object == nullptr ? "" : text_of(*object, part.member.substr(point + 1));
    }
    switch (part.as) {
        case As::text:
            return text_of(row, part.member);
        case As::list:
            return list_of(row, part.member);
        case As::count:
            return count_of(row, part.member);
        case As::money:
            return money_of(row, part.member);
        case As::budget:
            return budget_of(row);
        case As::time:
            return time_of(row, part.member);
        case As::models:
            return count_of(row, part.member) == "0" ? "any" : list_of(row, part.member);
        case As::key_state:
            return state_of_key(row, now);
        case As::flag:
            return flag_of(row, part.member) ? "yes" : "";
    }
    return {};
}

/// Numbers stand to the right, also those that are no money.
bool is_right(const Part& part, const JsonNode* rows) {
    if (is_number(part.as)) return true;
    if (part.as != As::text || rows == nullptr) return false;
    const auto holds_number = [&](const JsonNode& row) {
        const auto* value = row.find(part.member);
        return value != nullptr && value->is(JsonType::number);
    };
    return std::ranges::any_of(rows->children, holds_number);
}

class Printer {
public:
    Printer(const Request& request, std::size_t width, WallTime now)
        : request_(request), width_(width), now_(now) {}

    Shown shown() { return std::move(shown_); }

    void print(const JsonNode& answer) {
        switch (request_.command->view) {
            case View::keys:
                if (request_.has("hashes"))
                    table(answer.find("keys"), kHash, kKeyColumns);
                else
                    table(answer.find("keys"), kKeyColumns);
                return note_page(answer, "current_page", "total_count", "keys");
            case View::made_key:
                shown_.note = kShownOnce;
                return lines(answer, kKeyLines);
            case View::key:
                return lines(answer, kKeyLines);
            case View::key_info:
                return print_key(answer);
            case View::keys_gone:
                return count_gone(answer.find("deleted_keys"), request_.words.size(), "key");
            case View::users:
                table(answer.find("users"), kUserColumns);
                return note_page(answer, "page", "total", "users");
            case View::made_user:
                if (!text_of(answer, "key").empty()) shown_.note = kShownOnce;
                return lines(answer, kUserLines);
            case View::user:
                return lines(data_of(answer), kUserLines);
            case View::user_info:
                return print_user(answer);
            case View::users_gone:
                shown_.text = "deleted " + counted(request_.words.size(), "user") + "\n";
                return;
            case View::teams:
                table(answer.find("teams"), kTeamColumns);
                return note_page(answer, "page", "total", "teams");
            case View::team:
                return lines(data_of(answer), kTeamLines);
            case View::team_info:
                return print_team(answer);
            case View::teams_gone:
                return count_gone(answer.find("deleted_teams"), request_.words.size(), "team");
            case View::spend_summary:
                return print_summary(answer);
            case View::spend_logs:
                table(answer.find("data"), kCallColumns);
                return note_page(answer, "page", "total", "calls");
        }
    }

private:
    /// An update's answer has the row in `data`, or is it.
    static const JsonNode& data_of(const JsonNode& answer) {
        const auto* data = answer.find("data");
        return data != nullptr && data->is(JsonType::object) ? *data : answer;
    }

    static std::string counted(std::size_t count, std::string_view what) {
        return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
    }

    void table(const JsonNode* rows, std::span<const Part> parts, std::span<const Part> more = {}) {
        std::vector<TableColumn> columns;
        std::vector<TableRow> cells(rows == nullptr ? 0 : rows->children.size());
        for (const auto some : {parts, more})
            for (const auto& part : some) {
                columns.push_back({std::string(part.title), is_right(part, rows), part.shrinks});
                for (std::size_t at = 0; at < cells.size(); ++at)
                    cells[at].push_back(or_dash(show_part(part, rows->children[at], now_)));
            }
        shown_.text += lay_out_table(columns, cells, width_);
    }

    static std::string or_dash(std::string text) { return text.empty() ? "-" : std::move(text); }

    void lines(const JsonNode& row, std::span<const Part> parts) {
        Lines shown;
        for (const auto& part : parts)
            if (auto value = show_part(part, row, now_); !value.empty())
                shown.emplace_back(part.title, std::move(value));
        shown_.text += lay_out_list(shown);
    }

    /// A table below what stands there, if it has rows.
    void section(const JsonNode* rows, std::span<const Part> parts) {
        if (rows == nullptr || rows->children.empty()) return;
        shown_.text += "\n";
        table(rows, parts);
    }

    void print_key(const JsonNode& answer) {
        const auto* info = answer.find("info");
        if (info == nullptr) return;
        lines(*info, kKeyLines);
        section(info->find("binding_limits"), kLimitColumns);
    }

    void print_user(const JsonNode& answer) {
        if (const auto* info = answer.find("user_info")) lines(*info, kUserLines);
        section(answer.find("keys"), kKeyColumns);
        section(answer.find("teams"), kTeamColumns);
    }

    void print_team(const JsonNode& answer) {
        const auto* info = answer.find("team_info");
        if (info == nullptr) return;
        lines(*info, kTeamLines);
        print_members(info->find("members_with_roles"), answer.find("team_memberships"));
        section(answer.find("keys"), kKeyColumns);
    }

    /// Members, with what their membership says of money.
    void print_members(const JsonNode* members, const JsonNode* memberships) {
        if (members == nullptr || members->children.empty()) return;
        std::vector<TableColumn> columns;
        for (const auto& part : kMemberColumns)
            columns.push_back({std::string(part.title), false, part.shrinks});
        columns.push_back({"SPEND", true});
        columns.push_back({"BUDGET", true});
        std::vector<TableRow> rows;
        for (const auto& member : members->children) {
            TableRow row;
            for (const auto& part : kMemberColumns)
                row.push_back(or_dash(show_part(part, member, now_)));
            const auto* membership = membership_of(memberships, text_of(member, "user_id"));
            const auto* budget =
                membership == nullptr ? nullptr : membership->find("litellm_budget_table");
            row.push_back(membership == nullptr ? "-" : or_dash(money_of(*membership, "spend")));
            row.push_back(budget == nullptr ? "-" : or_dash(budget_of(*budget)));
            rows.push_back(std::move(row));
        }
        shown_.text += "\n" + lay_out_table(columns, rows, width_);
    }

    static const JsonNode* membership_of(const JsonNode* memberships, const std::string& user) {
        if (memberships == nullptr) return nullptr;
        const auto found = std::ranges::find_if(
            memberships->children,
            [&](const JsonNode& membership) { return text_of(membership, "user_id") == user; });
        return found == memberships->children.end() ? nullptr : &*found;
    }

    void count_gone(const JsonNode* gone, std::size_t named, std::string_view what) {
        const auto count = gone == nullptr ? 0 : gone->children.size();
        shown_.text = "deleted " + counted(count, what) + "\n";
        if (count < named)
            shown_.note = std::to_string(named - count) + " of those named were not there";
    }

    void print_summary(const JsonNode& answer) {
        const auto* given = request_.find("by");
        const std::string by = given == nullptr ? "key" : *given;
        const auto sums = sum_days(answer, by);
        // A key is known by its alias, or else by its hash; others by their id beside the label.
        const bool has_labels = by != "key" && std::ranges::any_of(sums, [](const SpendSum& sum) {
                                    return !sum.label.empty();
                                });
        std::string title = by;
        std::ranges::transform(title, title.begin(),
                               [](char c) { return static_cast<char>(c & ~0x20); });
        std::vector<TableColumn> columns{{title, false, true}};
        if (has_labels) columns.push_back({by == "user" ? "EMAIL" : "NAME", false, true});
        for (const auto* const number : {"SPEND", "REQUESTS", "FAILED", "TOKENS"})
            columns.push_back({number, true});
        std::vector<TableRow> rows;
        const auto add = [&](const SpendSum& sum) {
            const bool is_known = by == "key" && !sum.label.empty();
            rows.push_back({is_known ? sum.label : printable(sum.name)});
            if (has_labels) rows.back().push_back(or_dash(sum.label));
            rows.back().push_back(shown_money(sum.spend));
            for (const auto number : {sum.requests, sum.failed, sum.tokens})
                rows.back().push_back(std::to_string(number));
        };
        SpendSum total{"total", {}};
        for (const auto& sum : sums) {
            add(sum);
            total.spend += sum.spend;
            total.requests += sum.requests;
            total.failed += sum.failed;
            total.tokens += sum.tokens;
        }
        // A call with two tags counts for both, so that they have no total.
        if (by != "tag") add(total);
        shown_.text = lay_out_table(columns, rows, width_);
    }

    void note_page(const JsonNode& answer, std::string_view page, std::string_view total,
                   std::string_view what) {
        const auto pages = text_of(answer, "total_pages");
        const auto count = text_of(answer, total);
        if (count == "0") shown_ = {"", "no " + std::string(what)};
        if (pages.empty() || pages == "0" || pages == "1") return;
        shown_.note = "page " + text_of(answer, page) + " of " + pages + " (" + count + " " +
                      std::string(what) + "); --page N shows another";
    }

    const Request& request_;
    const std::size_t width_;
    const WallTime now_;
    Shown shown_;
};

}  // namespace

std::expected<Shown, std::string> show_answer(const Request& request, std::string_view body,
                                              std::size_t width, WallTime now) {
    const auto answer = parse_json_tree(body);
    if (!answer) return std::unexpected("the answer is not JSON: is the address right?");
    const auto quiet = request.command->quiet_member;
    if (!quiet.empty() && request.has("quiet")) return Shown{text_of(*answer, quiet) + "\n", ""};
    Printer printer(request, width, now);
    printer.print(*answer);
    return printer.shown();
}

}  // namespace tollweir::admin_cli
