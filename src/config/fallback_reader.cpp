#include "config/fallback_reader.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tollweir {
namespace {

/// Reads one of the lists of fallbacks.
class FallbackList {
public:
    FallbackList(const Section& section, std::string_view key) : section_(section) {
        const Node* list = section.list(key);
        if (list == nullptr) return;
        for (std::size_t i = 0; i < list->items.size(); ++i)
            take(list->items[i], item_path(section.path(key), i));
    }

    std::vector<Fallback> result() && { return std::move(fallbacks_); }

private:
    void take(const Node& item, const std::string& path) {
        if (item.kind == Node::Kind::map) {
            for (const auto& entry : item.members)
                take_map_entry(entry, child_path(path, entry.key));
        } else if (item.kind == Node::Kind::list && item.items.size() >= 2) {
            take_pair(item, path);
        } else {
            section_.findings().error(item.at, path,
                                      "expected `group: [groups]`, found " + describe(item));
        }
    }

    void take_map_entry(const Member& entry, const std::string& path) {
        Fallback fallback{entry.key, {}};
        if (const auto one = as_text(entry.value)) {
            section_.findings().warn(entry.value.at, path,
                                     "LiteLLM wants a list of groups here; read as one of one");
            fallback.targets.push_back(*one);
        } else if (entry.value.kind == Node::Kind::list) {
            for (std::size_t i = 0; i < entry.value.items.size(); ++i)
                take_target(entry.value.items[i], item_path(path, i), fallback);
        } else {
            section_.findings().error(entry.value.at, path,
                                      "expected a list of groups, found " + describe(entry.value));
        }
        if (!fallback.targets.empty()) fallbacks_.push_back(std::move(fallback));
    }

    void take_pair(const Node& pair, const std::string& path) {
        Fallback names;
        for (std::size_t i = 0; i < pair.items.size(); ++i)
            take_target(pair.items[i], item_path(path, i), names);
        if (names.targets.size() != pair.items.size()) return;
        names.group = names.targets.front();
        names.targets.erase(names.targets.begin());
        if (!has_warned_)
            section_.findings().warn(pair.at, path,
                                     "`[from, to]` is read as `{from: [to]}`, LiteLLM's spelling");
        has_warned_ = true;
        fallbacks_.push_back(std::move(names));
    }

    void take_target(const Node& item, const std::string& path, Fallback& fallback) {
        const auto name = as_text(item);
        if (name && !name->empty()) {
            fallback.targets.push_back(*name);
        } else {
            section_.findings().error(item.at, path,
                                      "expected the name of a group, found " + describe(item));
        }
    }

    const Section& section_;
    std::vector<Fallback> fallbacks_;
    bool has_warned_ = false;
};

std::vector<Fallback> read_list(const Section& router, const Section& litellm,
                                std::string_view key) {
    auto of_router = FallbackList(router, key).result();
    auto of_litellm = FallbackList(litellm, key).result();
    return router.find(key) != nullptr ? std::move(of_router) : std::move(of_litellm);
}

using Graph = std::map<std::string, std::vector<std::string>>;

/// Whether following fallbacks from `at` leads to `start`.
bool leads_to(const Graph& graph, const std::string& at, const std::string& start,
              std::set<std::string>& seen) {
    const auto found = graph.find(at);
    if (found == graph.end() || !seen.insert(at).second) return false;
    for (const auto& next : found->second)
        if (next == start || leads_to(graph, next, start, seen)) return true;
    return false;
}

void check_loops(const std::string& key, const std::vector<Fallback>& fallbacks,
                 Findings& findings) {
    Graph graph;
    for (const auto& [group, targets] : fallbacks)
        graph[group].insert(graph[group].end(), targets.begin(), targets.end());
    std::set<std::string> told;
    for (const auto& [group, targets] : fallbacks) {
        const std::string path = child_path(key, group);
        std::set<std::string> seen;
        if (std::ranges::find(targets, group) != targets.end()) {
            findings.warn({}, path, "falls back on itself, which is left out");
        } else if (!told.contains(group) && leads_to(graph, group, group, seen)) {
            findings.warn({}, path,
                          "leads back to itself: a request never returns to a group it has left");
            told.merge(seen);
        }
    }
}

}  // namespace

FallbackConfig read_fallbacks(const Section& router, const Section& litellm) {
    FallbackConfig fallbacks;
    fallbacks.general = read_list(router, litellm, "fallbacks");
    fallbacks.context_window = read_list(router, litellm, "context_window_fallbacks");
    fallbacks.content_policy = read_list(router, litellm, "content_policy_fallbacks");
    fallbacks.defaults = router.texts("default_fallbacks");
    const auto defaults = litellm.texts("default_fallbacks");
    if (router.find("default_fallbacks") == nullptr) fallbacks.defaults = defaults;
    const auto of_litellm = litellm.limit("max_fallbacks");
    fallbacks.max_fallbacks =
        router.limit("max_fallbacks").value_or(of_litellm.value_or(fallbacks.max_fallbacks));
    return fallbacks;
}

void check_fallbacks(const FallbackConfig& fallbacks,
                     const std::function<bool(const std::string&)>& names_something,
                     Findings& findings) {
    const auto check = [&](const std::string& name, const std::string& path) {
        if (!names_something(name))
            findings.warn({}, path, "no model group is called `" + name.substr(0, 80) + "`");
    };
    const std::pair<const char*, const std::vector<Fallback>*> lists[] = {
        {"fallbacks", &fallbacks.general},
        {"context_window_fallbacks", &fallbacks.context_window},
        {"content_policy_fallbacks", &fallbacks.content_policy}};
    for (const auto& [key, list] : lists) {
        for (const auto& [group, targets] : *list) {
            if (group != "*") check(group, key);
            for (const auto& target : targets) check(target, child_path(key, group));
        }
        check_loops(key, *list, findings);
    }
    for (const auto& target : fallbacks.defaults) check(target, "default_fallbacks");
}

}  // namespace tollweir
