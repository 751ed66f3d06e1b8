#include "tollweir/providers/registry.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <vector>

#include "providers/known_provider.hpp"
#include "providers/openai/openai_provider.hpp"

namespace tollweir {
namespace {

struct Alias {
    std::string_view spelling;
    std::string_view name;
};

// Decision 22, and prefixes of LiteLLM that run the same adapter.
constexpr Alias kAliases[] = {
    {"vllm", "hosted_vllm"},   {"google", "gemini"},  {"vertex_ai_beta", "vertex_ai"},
    {"cohere_chat", "cohere"}, {"ai21_chat", "ai21"}, {"bedrock_converse", "bedrock"},
};

// `nano-gpt` -> `NANO_GPT`, as in NANO_GPT_API_KEY.
std::string environment_prefix(std::string_view name) {
    std::string prefix(name);
    for (auto& c : prefix) {
        if (c == '-') c = '_';
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return prefix;
}

// Owns what the entries point at; made once, in the order of the tables.
class Registry {
public:
    Registry() {
        for (const auto& row : openai_dialects()) {
            auto& defaults =
                add(openai_.emplace_back(row), row.base, row.key_names, row.base_names);
            defaults.default_key = row.default_key;
            defaults.base_of_model = row.base_of_model;
            defaults.is_azure = row.addressing != Addressing::openai;
        }
        for (const auto& row : known_provider_rows()) {
            add(known_.emplace_back(row), row.base, row.key_names, row.base_names);
        }
        for (const auto& [spelling, name] : kAliases) by_name_.emplace(spelling, by_name_.at(name));
    }

    std::span<const ProviderEntry> entries() const { return entries_; }

    const ProviderEntry* find(std::string_view name) const {
        const auto found = by_name_.find(name);
        return found == by_name_.end() ? nullptr : &entries_[found->second];
    }

private:
    using Names = std::vector<std::string_view>;

    ProviderDefaults& add(const Provider& provider, std::string_view base,
                          std::string_view key_names, std::string_view base_names) {
        const auto& keys = names(key_names, provider.name(), "_API_KEY");
        const auto& bases = names(base_names, provider.name(), "_API_BASE");
        by_name_.emplace(provider.name(), entries_.size());
        return entries_.emplace_back(ProviderEntry{&provider, {base, keys, bases, {}, {}}})
            .defaults;
    }

    const Names& names(std::string_view list, std::string_view provider, std::string_view suffix) {
        auto& split = names_.emplace_back();
        if (list.empty()) {
            auto& made = texts_.emplace_back(environment_prefix(provider));
            made += suffix;
            list = made;
        }
        while (!list.empty()) {
            const auto name = list.substr(0, list.find(' '));
            split.push_back(name);
            list.remove_prefix(std::min(list.size(), name.size() + 1));
        }
        return split;
    }

    std::deque<OpenAiProvider> openai_;
    std::deque<KnownProvider> known_;
    std::deque<std::string> texts_;
    std::deque<Names> names_;
    std::vector<ProviderEntry> entries_;
    std::unordered_map<std::string_view, std::size_t> by_name_;  // aliases too
};

const Registry& registry() {
    static const Registry instance;
    return instance;
}

// Baseten's dedicated deployments go by an id of eight.
bool has_own_host(std::string_view model) {
    return model.size() == 8 && std::ranges::all_of(model, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
           });
}

}  // namespace

std::string default_base(const ProviderDefaults& defaults, std::string_view model) {
    std::string base(defaults.base_of_model);
    const auto place = base.find("{}");
    if (place == base.npos || !has_own_host(model)) return std::string(defaults.base);
    return base.replace(place, 2, model);
}

std::span<const ProviderEntry> providers() {
    return registry().entries();
}

const ProviderEntry* find_provider(std::string_view name) {
    return registry().find(name);
}

}  // namespace tollweir
