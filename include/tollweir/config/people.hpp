#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/calendar.hpp"
#include "tollweir/core/money.hpp"

namespace tollweir {

/// A user that the file declares; an item of `users`.
struct DeclaredUser {
    std::string id;
    std::string email;
    std::string alias;
    std::string role;
    std::vector<std::string> models;
    std::optional<Picodollars> max_budget;
    std::optional<BudgetDuration> budget_duration;
    std::optional<std::int64_t> rpm_limit;
    std::optional<std::int64_t> tpm_limit;
    std::vector<std::pair<std::string, std::string>> aliases;
    std::string metadata_json = "{}";

    friend bool operator==(const DeclaredUser&, const DeclaredUser&) = default;
};

/// A team that the file declares; an item of `teams`.
struct DeclaredTeam {
    std::string id;
    std::string alias;
    std::vector<std::string> members;  // ids of users
    std::vector<std::string> models;
    std::optional<Picodollars> max_budget;
    std::optional<BudgetDuration> budget_duration;
    std::optional<std::int64_t> rpm_limit;
    std::optional<std::int64_t> tpm_limit;
    std::string metadata_json = "{}";

    friend bool operator==(const DeclaredTeam&, const DeclaredTeam&) = default;
};

/// People in the file itself, or in the one that `general_settings.user_config` names.
struct People {
    std::vector<DeclaredUser> users;
    std::vector<DeclaredTeam> teams;

    friend bool operator==(const People&, const People&) = default;
};

}  // namespace tollweir
