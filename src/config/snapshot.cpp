#include "tollweir/config/snapshot.hpp"

#include <algorithm>
#include <functional>

#include "config/client_name.hpp"
#include "config/prepare_deployment.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> refuse(const Deployment& deployment, const std::string& message) {
    return fail(
        ErrorKind::bad_request,
        "deployment '" + deployment.id + "' of model group '" + deployment.group + "': " + message,
        ErrorSource::gateway);
}

// The order in which LiteLLM tries patterns: by the length of the regular expression it makes of
// them, then by how many of its characters mean something there. spec/config.md 5.5.
std::pair<std::size_t, std::size_t> specificity(std::string_view pattern) {
    std::size_t length = 0;
    std::size_t special = 0;
    for (const char c : pattern) {
        const bool is_star = c == '*';
        const bool is_escaped = !is_star && std::string_view("()[]{}?+-|^$\\.&~# \t").contains(c);
        length += is_star ? 4 : is_escaped ? 2 : 1;  // `*` becomes `(.*)`
        special += is_star ? 3 : is_escaped ? 1 : 0;
        if (is_escaped && std::string_view("()?+|^$\\").contains(c)) ++special;
    }
    return {length, special};
}

std::vector<std::string_view> split_at_stars(std::string_view pattern) {
    std::vector<std::string_view> literals;
    for (;;) {
        const auto star = pattern.find('*');
        literals.push_back(pattern.substr(0, star));
        if (star == std::string_view::npos) return literals;
        pattern.remove_prefix(star + 1);
    }
}

// What the pattern's `*`s take of `name`, each as much as it can from left to right, as a regular
// expression's `(.*)` would. The literals are therefore placed from the right.
std::optional<std::vector<std::string>> match_pattern(std::string_view pattern,
                                                      std::string_view name) {
    const auto literals = split_at_stars(pattern);
    if (literals.size() == 1) return std::nullopt;  // no pattern
    const auto first = literals.front();
    const auto last = literals.back();
    if (name.size() < first.size() + last.size()) return std::nullopt;
    if (!name.starts_with(first) || !name.ends_with(last)) return std::nullopt;

    auto rest = name.substr(first.size(), name.size() - first.size() - last.size());
    std::vector<std::string> captures(literals.size() - 1);
    for (auto i = captures.size(); i-- > 1;) {
        const auto at = rest.rfind(literals[i]);
        if (at == std::string_view::npos) return std::nullopt;
        captures[i] = rest.substr(at + literals[i].size());
        rest = rest.substr(0, at);
    }
    captures[0] = rest;
    return captures;
}

// A lone `*` as upstream model serves bare names and its own provider's, see resolve_model.
bool serves(const ModelGroup& group, const Provider* named) {
    if (named == nullptr) return true;
    return std::ranges::any_of(group.deployments, [named](const Deployment* deployment) {
        return deployment->model_string != "*" || deployment->provider == named;
    });
}

std::optional<GroupMatch> find_pattern(const std::vector<const ModelGroup*>& patterns,
                                       std::string_view name, const Provider* owner) {
    for (const auto* group : patterns) {
        auto captures = match_pattern(group->name, name);
        if (captures && serves(*group, owner)) {
            return GroupMatch{group, nullptr, std::move(*captures)};
        }
    }
    return std::nullopt;
}

// First the name as it is, then with its provider in front.
std::optional<GroupMatch> find_among_patterns(const std::vector<const ModelGroup*>& patterns,
                                              std::string_view name) {
    if (patterns.empty()) return std::nullopt;
    const auto resolved = resolve_model(name, {}, {});
    const auto* owner = resolved ? resolved->provider->provider : nullptr;
    if (auto match = find_pattern(patterns, name, owner)) return match;
    if (owner == nullptr || resolved->model != name) return std::nullopt;
    return find_pattern(patterns, std::string(owner->name()) + "/" + resolved->model, owner);
}

// `openai/gpt-4o` -> `gpt-4o` for a deployment of openai.
std::string without_provider(std::string_view requested, const Provider* provider) {
    const auto slash = requested.find('/');
    const auto* named =
        slash == std::string_view::npos ? nullptr : find_provider(requested.substr(0, slash));
    if (named != nullptr && named->provider == provider) requested.remove_prefix(slash + 1);
    return std::string(requested);
}

// The group of that name, made if it is new.
ModelGroup& group_named(std::deque<ModelGroup>& groups, StringMap<ModelGroup*>& index,
                        const std::string& name) {
    auto& group = index[name];
    if (group == nullptr) group = &groups.emplace_back(ModelGroup{name, {}, {}});
    return *group;
}

// The share of each in its group: by `weight`, else `rpm`, else `tpm`, else equal; as the router
// draws.
std::vector<double> own_shares(const std::vector<const Deployment*>& deployments) {
    constexpr double (*kMeasures[])(const Deployment&) = {
        [](const Deployment& deployment) { return deployment.weight; },
        [](const Deployment& deployment) { return static_cast<double>(deployment.rpm); },
        [](const Deployment& deployment) { return static_cast<double>(deployment.tpm); },
    };
    for (const auto measure : kMeasures) {
        std::vector<double> shares;
        double sum = 0;
        for (const auto* deployment : deployments) sum += shares.emplace_back(measure(*deployment));
        if (!(sum > 0)) continue;
        for (auto& share : shares) share /= sum;
        return shares;
    }
    return std::vector<double>(deployments.size(), 1.0 / static_cast<double>(deployments.size()));
}

// A member of a group of groups brings its deployments, which share its weight.
void add_member(const std::vector<const Deployment*>& deployments, double weight,
                ModelGroup& group) {
    const auto shares = own_shares(deployments);
    for (std::size_t i = 0; i < deployments.size(); ++i) {
        const auto same = std::ranges::find(group.deployments, deployments[i]);
        if (same == group.deployments.end()) {
            group.deployments.push_back(deployments[i]);
            group.weights.push_back(weight * shares[i]);
        } else {
            group.weights[static_cast<std::size_t>(same - group.deployments.begin())] +=
                weight * shares[i];
        }
    }
}

StringMap<const ModelGroup*> group_by(std::deque<ModelGroup>& groups,
                                      const std::deque<Deployment>& deployments,
                                      std::string Deployment::* name, bool with_wildcards) {
    StringMap<ModelGroup*> index;
    for (const auto& deployment : deployments) {
        if (!deployment.policy.team_id.empty()) continue;
        if (deployment.wildcard && !with_wildcards) continue;
        group_named(groups, index, deployment.*name).deployments.push_back(&deployment);
    }
    return {index.begin(), index.end()};
}

/// Where a pattern stands among others, the most specific one first.
void add_pattern(const ModelGroup& group, std::vector<const ModelGroup*>& patterns) {
    const auto place = std::ranges::upper_bound(
        patterns, specificity(group.name), std::greater(),
        [](const ModelGroup* pattern) { return specificity(pattern->name); });
    patterns.insert(place, &group);
}

void fill_access_groups(std::deque<ModelGroup>& groups) {
    for (auto& group : groups) {
        for (const auto* deployment : group.deployments) {
            const auto info = json_members(deployment->info_json).value_or(JsonParts());
            for (auto& name : json_texts(find_part(info, "access_groups")))
                if (std::ranges::find(group.access_groups, name) == group.access_groups.end())
                    group.access_groups.push_back(std::move(name));
        }
    }
}

/// Of the routing group that names it, or that names the group its one deployment is of; else the
/// router's.
const StrategyTerms& strategy_of(const RouterConfig& router, const ModelGroup& group) {
    for (const auto& routing : router.routing_groups)
        for (const auto& model : routing.models)
            if (model == group.name ||
                (group.deployments.size() == 1 && group.deployments.front()->group == model))
                return routing.terms;
    return router.strategy;
}

bool names_group(const std::vector<std::string>& names, std::string_view group) {
    return std::ranges::any_of(
        names, [group](const std::string& name) { return name == group || name == "*"; });
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> Snapshot::build(Config config, const Snapshot* previous,
                                                        const Bind& bind,
                                                        std::vector<SkippedModel> skipped) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->prices_.use(config.spend.own_prices);
    snapshot->skipped_ = std::move(skipped);
    for (auto& deployment : config.deployments) {
        auto& kept = snapshot->deployments_.emplace_back(std::move(deployment));
        snapshot->prices_.resolve(kept, config.spend);
        if (auto added = snapshot->add(kept, previous); !added) {
            return std::unexpected(added.error());
        }
        if (bind) bind(kept);
    }
    config.deployments.clear();
    config.master_key_digest = sha256(config.master_key.reveal());
    snapshot->config_ = std::move(config);
    snapshot->index_groups();
    snapshot->add_weighted_groups();
    snapshot->add_team_groups();
    snapshot->describe_groups(previous);
    return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

Result<void> Snapshot::add(Deployment& deployment, const Snapshot* previous) {
    if (const auto same = by_id_.find(deployment.id); same != by_id_.end()) {
        const auto& other = *same->second->deployments.front();
        return refuse(deployment, "'" + deployment.model_string + "' has the id of '" +
                                      other.model_string + "' of model group '" + other.group +
                                      "'; give one of them another `model_info.id`");
    }
    if (auto prepared = prepare_deployment(deployment); !prepared) {
        return refuse(deployment, prepared.error().message);
    }
    if (previous != nullptr) {
        const auto before = previous->by_id_.find(deployment.id);
        if (before != previous->by_id_.end()) {
            deployment.health = before->second->deployments.front()->health;
        }
    }
    if (!deployment.health) deployment.health = std::make_shared<Health>();
    if (!deployment.policy.max_parallel_requests)
        deployment.policy.max_parallel_requests = config_.router.max_parallel_requests;
    by_id_.emplace(deployment.id, &single_groups_.emplace_back(ModelGroup{
                                      std::string(client_name(deployment)), {&deployment}, {}}));
    return {};
}

void Snapshot::index_groups() {
    by_name_ = group_by(groups_, deployments_, &Deployment::group, true);
    by_model_string_ =
        group_by(model_string_groups_, deployments_, &Deployment::model_string, false);
    for (auto* groups : {&groups_, &single_groups_, &model_string_groups_})
        fill_access_groups(*groups);
    for (const auto& group : groups_) {
        const bool is_pattern = group.deployments.front()->wildcard;
        if (!is_pattern) {
            listed_.push_back(&group);
            continue;
        }
        by_name_.erase(by_name_.find(group.name));
        add_pattern(group, patterns_);
    }
    listed_.insert(listed_.end(), patterns_.begin(), patterns_.end());
}

void Snapshot::add_weighted_groups() {
    std::vector<const ModelGroup*> added;
    for (const auto& wanted : config_.router.weighted_groups) {
        if (by_name_.contains(wanted.name)) continue;  // the load said so
        ModelGroup group{wanted.name, {}, {}};
        for (const auto& [name, weight] : wanted.members) {
            const auto member = find_group(name);
            if (!member || member->group->deployments.front()->wildcard) continue;
            if (member->only != nullptr) {
                add_member({member->only}, weight, group);
            } else {
                add_member(member->group->deployments, weight, group);
            }
        }
        if (!group.deployments.empty()) added.push_back(&groups_.emplace_back(std::move(group)));
    }
    // Only now, so that none is a member of another.
    for (const auto* group : added) by_name_.emplace(group->name, group);
    listed_.insert(listed_.end(), added.begin(), added.end());
}

void Snapshot::add_team_groups() {
    for (const auto& deployment : deployments_) {
        const auto& team = deployment.policy.team_id;
        if (team.empty()) continue;
        auto& models = teams_[team];
        auto& group =
            group_named(team_groups_, models.by_name, std::string(client_name(deployment)));
        group.deployments.push_back(&deployment);
        if (group.deployments.size() > 1) continue;
        if (deployment.wildcard) add_pattern(group, models.patterns);
        listed_.push_back(&group);
    }
    fill_access_groups(team_groups_);
}

void Snapshot::describe_groups(const Snapshot* previous) {
    for (auto* groups : {&groups_, &single_groups_, &model_string_groups_, &team_groups_}) {
        for (auto& group : *groups) {
            group.is_free = std::ranges::all_of(group.deployments, &Deployment::is_free);
            auto& learnt = learnt_[group.name];
            if (!learnt.answers && previous != nullptr)
                if (const auto before = previous->learnt_.find(group.name);
                    before != previous->learnt_.end())
                    learnt = before->second;
            if (!learnt.answers)
                learnt = {std::make_shared<CompletionBound>(), std::make_shared<PromptBound>(),
                          std::make_shared<RetryBudget>(), std::make_shared<Hedging>()};
            group.bound = learnt.answers;
            group.prompts = learnt.prompts;
            group.retries = learnt.retries;
            group.strategy = strategy_of(config_.router, group);
            if (names_group(config_.router.hedging.groups, group.name))
                group.hedging = learnt.hedging;
            group.is_continued = names_group(config_.router.continued_groups, group.name);
        }
    }
}

std::optional<GroupMatch> Snapshot::find_exact(std::string_view name, std::string_view team) const {
    if (const auto found = by_id_.find(name); found != by_id_.end()) {
        // An id of a wildcard deployment leaves open which model is meant.
        const auto* only = found->second->deployments.front();
        const auto& owner = only->policy.team_id;
        if (!only->wildcard && (owner.empty() || owner == team))
            return GroupMatch{found->second, only, {}};
    }
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
        return GroupMatch{found->second, nullptr, {}};
    }
    return std::nullopt;
}

std::optional<GroupMatch> Snapshot::find_of_team(std::string_view name,
                                                 std::string_view team) const {
    const auto own = teams_.find(team);
    if (own == teams_.end()) return std::nullopt;
    const auto found = own->second.by_name.find(name);
    if (found != own->second.by_name.end() && !found->second->deployments.front()->wildcard)
        return GroupMatch{found->second, nullptr, {}};
    return find_among_patterns(own->second.patterns, name);
}

std::optional<GroupMatch> Snapshot::find_group(std::string_view name, std::string_view team) const {
    if (!config_.model_aliases.empty()) {
        const auto renamed = config_.model_aliases.find(std::string(name));
        if (renamed != config_.model_aliases.end()) name = renamed->second;
    }
    if (!team.empty())
        if (auto match = find_of_team(name, team)) return match;
    if (auto match = find_exact(name, team)) return match;
    if (!config_.aliases.empty()) {
        const auto alias = config_.aliases.find(std::string(name));
        if (alias != config_.aliases.end()) name = alias->second.group;
        if (auto match = find_exact(name, team)) return match;
    }
    if (auto match = find_among_patterns(patterns_, name)) return match;
    const auto found = by_model_string_.find(name);
    if (found == by_model_string_.end()) return std::nullopt;
    return GroupMatch{found->second, nullptr, {}};
}

std::string upstream_model(const Deployment& deployment, const std::vector<std::string>& captures,
                           std::string_view requested) {
    const auto stars = static_cast<std::size_t>(std::ranges::count(deployment.model, '*'));
    if (stars == 0 || captures.empty()) return deployment.model;
    if (captures.size() > stars || deployment.model_string == "*") {
        return without_provider(requested, deployment.provider);
    }
    std::string out;
    std::size_t next = 0;
    for (const char c : deployment.model) {
        if (c != '*' || next == captures.size()) {
            out += c;
        } else {
            out += captures[next++];
        }
    }
    return out;
}

}  // namespace tollweir
