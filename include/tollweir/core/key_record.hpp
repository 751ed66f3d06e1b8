#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/fallback.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/route_group.hpp"

namespace tollweir {

/// The limits of a key as counters; `limits` defines and fills it.
struct KeyCells;

/// `user_role` of a user: what its keys may do on management routes.
enum class UserRole : std::uint8_t {
    proxy_admin,
    proxy_admin_viewer,  // reads everything, changes and calls nothing
    org_admin,
    internal_user,
    internal_user_viewer,
    team,
    customer,
};
/// Unknown and empty words are internal users, as LiteLLM has it.
UserRole parse_user_role(std::string_view word);
std::string_view name_of(UserRole role);

/// Pairs, few: searched one by one.
using NameMap = std::vector<std::pair<std::string, std::string>>;
/// The value; null if absent.
const std::string* find_name(const NameMap& names, std::string_view name);

/// A list of models as keys, teams and users have it, with what its special words mean taken out.
/// Immutable.
class AllowedModels {
public:
    AllowedModels() = default;
    explicit AllowedModels(std::vector<std::string> names);

    const std::vector<std::string>& names() const { return names_; }
    bool holds(std::string_view name) const;
    /// No list, or `*` or `all-proxy-models` in it.
    bool admits_all() const { return names_.empty() || open_; }
    bool names_all_of_team() const { return team_; }       // `all-team-models`
    bool refuses_defaults() const { return no_default_; }  // `no-default-models`
    bool has_patterns() const { return patterns_; }

private:
    std::vector<std::string> names_;
    bool open_ = false;
    bool team_ = false;
    bool no_default_ = false;
    bool patterns_ = false;
};

/// What a row caps for its owner: a key, a team, a user, a member, ... A row's `budget_id` is
/// merged in already; the row's own values win.
struct LimitTerms {
    std::optional<Picodollars> max_budget;
    std::optional<Picodollars> soft_budget;
    std::string budget_duration;  // as stored: `30d`; empty: max_budget is for good
    std::optional<WallTime> budget_reset_at;
    PicodollarSum spend = 0;  // when it was loaded: for display, never for a decision
    std::optional<std::int64_t> max_parallel_requests;
    std::optional<std::int64_t> rpm_limit;
    std::optional<std::int64_t> tpm_limit;

    friend bool operator==(const LimitTerms&, const LimitTerms&) = default;
};

/// What one model may cost and use for the owner: `model_max_budget`, `model_rpm_limit`,
/// `model_tpm_limit`.
struct ModelTerms {
    std::string model;
    std::optional<Picodollars> max_budget;
    std::string budget_duration;
    std::optional<std::int64_t> rpm_limit;
    std::optional<std::int64_t> tpm_limit;

    friend bool operator==(const ModelTerms&, const ModelTerms&) = default;
};

/// A further budget with a period of its own; an item of `budget_limits`.
struct BudgetWindow {
    Picodollars max_budget = 0;
    std::string budget_duration;
    std::optional<WallTime> reset_at;

    friend bool operator==(const BudgetWindow&, const BudgetWindow&) = default;
};

struct TeamRecord {
    std::string id;
    std::string alias;
    std::string organization_id;
    bool blocked = false;
    AllowedModels models;
    NameMap model_aliases;  // requested -> actual
    std::string metadata_json = "{}";
    std::vector<std::string> member_permissions;  // routes that plain members may use
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
    std::vector<BudgetWindow> budget_windows;
    std::shared_ptr<const RouterOverrides> router;  // null: nothing is said
};

/// The key's user as a member of the key's team.
struct MemberRecord {
    bool is_admin = false;  // of the team
    AllowedModels models;   // narrows the team's
    std::string budget_id;  // own budget row, else the team's default for members
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
};

struct UserRecord {
    std::string id;
    UserRole role = UserRole::internal_user;
    AllowedModels models;  // bind keys without a team
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
};

struct OrganizationRecord {
    std::string id;
    std::string alias;
    bool caller_is_admin = false;  // the key's user is an `org_admin` in it
    AllowedModels models;
    std::string budget_id;
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
};

/// The key's user as a member of the key's organization, or of its team's.
struct OrganizationMemberRecord {
    std::string budget_id;
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
};

struct ProjectRecord {
    std::string id;
    std::string alias;
    bool blocked = false;
    AllowedModels models;
    std::string budget_id;
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
};

/// What `metadata` of a key says to the gateway; the rest of it is the owner's own.
struct KeyMetadata {
    std::vector<std::string> tags;
    std::vector<std::string> enforced_params;  // body fields each call must carry
    std::vector<std::string> allowed_tools;    // empty: all
    std::optional<Picodollars> temp_budget_increase;
    std::optional<WallTime> temp_budget_expiry;
    std::string model_rpm_limit_json;
    std::string model_tpm_limit_json;
    bool service_account = false;  // made by /key/service-account/generate
};

/// A virtual key: everything a request needs of its row and of the rows it belongs to, as plain
/// values. Immutable once it is in the key cache, shared by all workers.
struct KeyRecord {
    Sha256Digest digest{};  // of the whole key; the row's `token` is its hex
    std::string hash;
    std::string name;   // `sk-...Z5Ng`
    std::string alias;  // here and below, empty: none
    std::string user_id;
    std::string team_id;
    std::string organization_id;
    std::string project_id;
    std::string agent_id;
    std::string budget_id;
    std::string created_by;

    AllowedModels models;
    std::vector<std::string> access_group_ids;
    std::vector<std::string> access_group_models;  // what those groups hold
    NameMap aliases;                               // requested -> actual, after the check
    bool skips_model_check = false;                // `config` (deprecated) is not empty
    AllowedRoutes allowed_routes;
    std::vector<std::string> allowed_cache_controls;
    bool may_read_global_spend = false;  // permissions.get_spend_routes
    bool blocked = false;
    std::optional<WallTime> expires;

    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
    std::vector<BudgetWindow> budget_windows;
    std::string metadata_json = "{}";
    KeyMetadata metadata;
    std::shared_ptr<const RouterOverrides> router;  // null: nothing is said

    std::shared_ptr<const TeamRecord> team;  // null: no such row, or the key has none
    std::shared_ptr<const MemberRecord> member;
    std::shared_ptr<const UserRecord> user;
    std::shared_ptr<const OrganizationRecord> organization;
    std::shared_ptr<const OrganizationMemberRecord> organization_member;
    std::shared_ptr<const ProjectRecord> project;

    /// Filled when the record enters the cache (`Limiter::bind`).
    std::shared_ptr<const KeyCells> cells;

    /// No user row: an internal user.
    UserRole role() const { return user ? user->role : UserRole::internal_user; }
};

/// `sk-...Z5Ng`: what may be shown of a key.
std::string shown_key(std::string_view key);

// From the JSON texts of rows. What is no such value is left out: a row that another program wrote
// must not take the key away from its owner.

/// An object of texts: `aliases`, `model_aliases`.
NameMap parse_name_map(std::string_view json);
/// `model_max_budget` (both of LiteLLM's spellings of its members), and the two objects of numbers.
std::vector<ModelTerms> parse_model_terms(std::string_view max_budget_json,
                                          std::string_view rpm_json, std::string_view tpm_json);
std::vector<BudgetWindow> parse_budget_windows(std::string_view json);
KeyMetadata parse_key_metadata(std::string_view json);

}  // namespace tollweir
