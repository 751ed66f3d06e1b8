#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tollweir/config/config.hpp"
#include "tollweir/config/price_book.hpp"
#include "tollweir/config/stored_models.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

template <class T>
using StringMap = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

/// The group a requested name stands for.
struct GroupMatch {
    const ModelGroup* group = nullptr;  // never null
    const Deployment* only = nullptr;   // the name was a deployment id: this one alone
    std::vector<std::string> captures;  // what the `*`s of the group's pattern took
};

/// The only team that sees the group; empty: everybody does.
inline std::string_view team_of(const ModelGroup& group) {
    return group.deployments.front()->policy.team_id;
}

/// Config and the tables built from it: immutable, shared by pointer, kept by every request that
/// began under it.
class Snapshot {
public:
    /// Groups the deployments, asks their providers for heads, finds their prices, and takes over
    /// the `Health` of deployments whose id `previous` has too, and likewise what is learnt of
    /// groups. `bind` sees each deployment last: who has more to say about it than configuration
    /// does (its limits). Errors: an invalid head (message names the deployment).
    using Bind = std::function<void(Deployment&)>;
    /// `skipped`: rows of the store that serve nothing, to be shown.
    static Result<std::shared_ptr<const Snapshot>> build(Config config, const Snapshot* previous,
                                                         const Bind& bind = {},
                                                         std::vector<SkippedModel> skipped = {});

    const Config& config() const { return config_; }
    const std::deque<Deployment>& deployments() const { return deployments_; }
    /// Those of teams too: see team_of.
    const std::vector<const ModelGroup*>& groups() const { return listed_; }
    const std::vector<SkippedModel>& skipped_models() const { return skipped_; }
    bool has_deployment(std::string_view id) const { return by_id_.contains(id); }

    /// What the caller's team has of its own; deployment id, exact group, alias, wildcard pattern
    /// (longest first, both ends anchored; the name, then `provider/name`), a deployment's
    /// `litellm_params.model`; else nothing. spec/config.md 5.5, 5.6; spec/data-plane.md 2.2.
    std::optional<GroupMatch> find_group(std::string_view name, std::string_view team = {}) const;

    /// The price of the model that a deployment of this snapshot called; null: not known. It lives
    /// as long as the snapshot. Cheap, see PriceBook.
    const ModelPrice* price_for(const Deployment& deployment,
                                std::string_view upstream_model) const {
        return prices_.price_for(deployment, upstream_model);
    }
    const PriceTable& price_table() const { return prices_.table(); }

private:
    Result<void> add(Deployment& deployment, const Snapshot* previous);
    void index_groups();
    void add_weighted_groups();
    void add_team_groups();
    void describe_groups(const Snapshot* previous);
    std::optional<GroupMatch> find_exact(std::string_view name, std::string_view team) const;
    std::optional<GroupMatch> find_of_team(std::string_view name, std::string_view team) const;

    Config config_;
    PriceBook prices_;
    std::deque<Deployment> deployments_;
    std::deque<ModelGroup> groups_;
    std::vector<const ModelGroup*>
        listed_;  // exact groups in file order, patterns, groups of groups, those of teams
    StringMap<const ModelGroup*> by_name_;
    StringMap<const ModelGroup*> by_id_;
    StringMap<const ModelGroup*> by_model_string_;
    std::deque<ModelGroup> single_groups_;  // one a deployment id
    std::deque<ModelGroup> model_string_groups_;
    std::vector<const ModelGroup*> patterns_;  // longest first
    std::vector<SkippedModel> skipped_;

    /// What a team has of its own: no other finds it.
    struct TeamModels {
        StringMap<ModelGroup*> by_name;  // patterns too
        std::vector<const ModelGroup*> patterns;
    };
    StringMap<TeamModels> teams_;
    std::deque<ModelGroup> team_groups_;
    /// What is learnt of a group's calls, shared by all groups of the name.
    struct Learnt {
        std::shared_ptr<CompletionBound> answers;
        std::shared_ptr<PromptBound> prompts;
        std::shared_ptr<RetryBudget> retries;
        std::shared_ptr<Hedging> hedging;
    };
    StringMap<Learnt> learnt_;
};

/// The upstream's model name for a deployment: its `model` with the `*`s replaced by the captures,
/// or the whole of `requested` where the pattern took more than the target has room for.
std::string upstream_model(const Deployment& deployment, const std::vector<std::string>& captures,
                           std::string_view requested);

}  // namespace tollweir
