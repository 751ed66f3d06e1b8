#include <algorithm>

#include "gateway/admin/spend/activity_json.hpp"
#include "gateway/admin/spend/spend_answer.hpp"
#include "tollweir/gateway/admin/spend.hpp"
#include "tollweir/storage/key_owners.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kTeamRoute = "/team/daily/activity";

GatewayError may_not_see(std::string message) {
    return GatewayError(ErrorKind::permission_denied, ErrorSource::client, std::move(message));
}

std::string_view label_of(SpendOwner of) {
    switch (of) {
        case SpendOwner::user:
            return "user_email";
        case SpendOwner::team:
            return "team_alias";
        case SpendOwner::organization:
            return "organization_alias";
        case SpendOwner::end_user:
            return "alias";
        case SpendOwner::tag:
            return "";
    }
    return "";
}

/// Of the teams that the viewer is in: admins, and members where the team lets them, see all of a
/// team; others what their own keys spent in it.
Result<void> narrow_to_teams(Sql& sql, ActivityFilter& filter) {
    const auto& viewer = filter.days.viewer;
    if (viewer.user_id.empty()) return {};
    const auto teams = find_teams_of_user(sql, viewer.user_id);
    if (!teams) return std::unexpected(teams.error());
    for (const auto& asked : filter.owners)
        if (!teams->contains(asked))
            return std::unexpected(may_not_see("User=" + viewer.user_id +
                                               " not authorized to access this team=" + asked));
    for (const auto& [id, team] : *teams) {
        const auto member = team.members.find(viewer.user_id);
        const bool is_admin = member != team.members.end() && member->second;
        const auto& permissions = team.record->member_permissions;
        if (is_admin || std::ranges::find(permissions, kTeamRoute) != permissions.end())
            filter.readable.push_back(id);
    }
    return {};
}

Result<void> narrow_to_organizations(Sql& sql, ActivityFilter& filter) {
    const auto& viewer = filter.days.viewer;
    auto administered = administered_organizations(sql, viewer.user_id);
    if (!administered) return std::unexpected(administered.error());
    for (const auto& asked : filter.owners)
        if (std::ranges::find(*administered, asked) == administered->end())
            return std::unexpected(may_not_see(
                "User=" + viewer.user_id + " not authorized to access this organization=" + asked));
    filter.readable = std::move(*administered);
    filter.sees_own_keys = false;
    return {};
}

Result<void> narrow_to_viewer(Sql& sql, ActivityFilter& filter) {
    const auto& viewer = filter.days.viewer;
    if (viewer.sees_all) return {};
    if (filter.of == SpendOwner::team) return narrow_to_teams(sql, filter);
    if (filter.of == SpendOwner::organization) return narrow_to_organizations(sql, filter);
    if (!filter.days.user_id.empty() && filter.days.user_id != viewer.user_id)
        return std::unexpected(may_not_see("Non-admin users can only view their own spend data."));
    return {};
}

/// Whole days, so that no day is torn in two. Gives what the page is.
Result<ActivityPage> narrow_to_page(Sql& sql, DailyActivityQuery& asked) {
    const auto days = active_days(sql, asked.filter);
    if (!days) return std::unexpected(days.error());
    const auto size = asked.page_size;
    const ActivityPage page{asked.page, std::max<std::size_t>((days->size() + size - 1) / size, 1)};
    const auto first = (asked.page - 1) * size;
    if (first < days->size()) {
        asked.filter.days.last = (*days)[first];
        asked.filter.days.first = (*days)[std::min(first + size, days->size()) - 1];
    } else {
        // Beyond the last page.
        asked.filter.days.first = "9999-12-31";
        asked.filter.days.last = "0000-01-01";
    }
    return page;
}

Result<ActivityLabels> find_labels(Sql& sql, const ActivityBreakdown& breakdown, SpendOwner of) {
    auto keys = key_labels(sql, breakdown.listed_keys());
    if (!keys) return std::unexpected(keys.error());
    auto owners = owner_labels(sql, of, breakdown.listed_owners());
    if (!owners) return std::unexpected(owners.error());
    return ActivityLabels{std::move(*keys), std::move(*owners), label_of(of)};
}

Result<std::string> show_activity(Sql& sql, DailyActivityQuery asked, bool all_days) {
    if (const auto narrowed = narrow_to_viewer(sql, asked.filter); !narrowed)
        return std::unexpected(narrowed.error());
    Result<ActivityPage> page = ActivityPage();
    if (!all_days) page = narrow_to_page(sql, asked);
    if (!page) return std::unexpected(page.error());
    ActivityBreakdown breakdown;
    auto visited =
        visit_activity(sql, asked.filter, [&](const ActivityView& row) { breakdown.add(row); });
    if (visited && !breakdown.rank())
        visited = visit_activity(sql, asked.filter,
                                 [&](const ActivityView& row) { breakdown.count(row); });
    if (!visited) return std::unexpected(visited.error());
    const auto labels = find_labels(sql, breakdown, asked.filter.of);
    if (!labels) return std::unexpected(labels.error());
    return activity_json(breakdown.days(), *labels, *page);
}

net::Task<Result<void>> answer_activity(RequestContext& context, SpendOwner of, bool all_days) {
    auto asked =
        read_daily_activity_query(query_of(context), viewer_of(context.identity, false), of);
    if (!asked) co_return co_await refuse(std::move(asked.error()));
    auto work = [asked = std::move(*asked), all_days](Sql& sql) {
        return show_activity(sql, asked, all_days);
    };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace

net::Task<Result<void>> show_user_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::user, false);
}
net::Task<Result<void>> show_team_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::team, false);
}
net::Task<Result<void>> show_tag_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::tag, false);
}
net::Task<Result<void>> show_customer_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::end_user, false);
}
net::Task<Result<void>> show_organization_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::organization, false);
}

net::Task<Result<void>> show_all_user_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::user, true);
}
net::Task<Result<void>> show_all_team_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::team, true);
}
net::Task<Result<void>> show_all_tag_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::tag, true);
}
net::Task<Result<void>> show_all_customer_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::end_user, true);
}
net::Task<Result<void>> show_all_organization_activity(RequestContext& context) {
    return answer_activity(context, SpendOwner::organization, true);
}

}  // namespace tollweir
