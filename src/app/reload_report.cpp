#include "tollweir/app/reload_report.hpp"

#include <set>

namespace tollweir {

namespace {

std::set<std::string> group_names(const Snapshot& snapshot) {
    std::set<std::string> names;
    for (const auto* group : snapshot.groups()) names.insert(group->name);
    return names;
}

std::set<std::string> deployment_ids(const Snapshot& snapshot) {
    std::set<std::string> ids;
    for (const auto& deployment : snapshot.deployments()) ids.insert(deployment.id);
    return ids;
}

std::string names_only_in(const std::set<std::string>& a, const std::set<std::string>& b) {
    std::string out;
    for (const auto& name : a)
        if (!b.contains(name)) out.append(out.empty() ? "" : ", ").append(name);
    return out;
}

std::size_t count_only_in(const std::set<std::string>& a, const std::set<std::string>& b) {
    std::size_t count = 0;
    for (const auto& name : a) count += b.contains(name) ? 0 : 1;
    return count;
}

}  // namespace

std::string describe_reload(const Snapshot& before, const Snapshot& now) {
    const auto old_groups = group_names(before);
    const auto new_groups = group_names(now);
    const auto old_ids = deployment_ids(before);
    const auto new_ids = deployment_ids(now);
    std::string out;
    const auto add = [&](const std::string& what) {
        out.append(out.empty() ? "" : "; ").append(what);
    };
    if (const auto names = names_only_in(new_groups, old_groups); !names.empty())
        add("new groups " + names);
    if (const auto names = names_only_in(old_groups, new_groups); !names.empty())
        add("groups gone " + names);
    if (const auto count = count_only_in(new_ids, old_ids); count > 0)
        add(std::to_string(count) + " new deployments");
    if (const auto count = count_only_in(old_ids, new_ids); count > 0)
        add(std::to_string(count) + " deployments gone");
    if (before.config().master_key != now.config().master_key) add("master key changed");
    const auto& a = before.config();
    const auto& b = now.config();
    if (a.server.max_connections != b.server.max_connections ||
        a.upstream.connect_timeout != b.upstream.connect_timeout ||
        a.upstream.idle_timeout != b.upstream.idle_timeout ||
        a.upstream.max_idle_per_origin != b.upstream.max_idle_per_origin ||
        a.upstream.verify_tls != b.upstream.verify_tls || a.upstream.ca_file != b.upstream.ca_file)
        add("max_connections, upstream pools and upstream TLS change with a restart only");
    if (a.database != b.database || a.data_dir != b.data_dir)
        add("the database and data_dir change with a restart only");
    return out.empty() ? "same groups and deployments" : out;
}

}  // namespace tollweir
