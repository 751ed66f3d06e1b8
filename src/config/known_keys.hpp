#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tollweir {

enum class KeyKind : std::uint8_t {
    any,
    boolean,
    integer,
    number,
    seconds,    // a number of them, or with a unit: 500ms, 2m
    period,     // of a budget, or a lifetime: 30d, 1mo
    megabytes,  // MiB
    dollars,
    text,
    choice,  // one of some words
    secret,
    url,
    texts,
    list,
    map
};

enum class KeyStatus : std::uint8_t {
    active,
    body,       // litellm_params: a parameter of OpenAI's API, sent where the request has none
    later,      // read and checked, its behaviour comes with a later part: warned about
    no_effect,  // nothing to do here; `note` says why
    refused,    // cannot be honoured, and ignoring it would be wrong; `note` says what to do
};

/// A key of the configuration file (spec/config.md, sections 4 to 7), or an environment variable.
struct KnownKey {
    std::string_view name;
    KeyKind kind;
    KeyStatus status;
    std::string_view fallback;       // what holds where it is absent, as YAML; empty: nothing
    std::string_view meaning;        // a line for docs/configuration.md
    std::string_view note = {};      // ends a warning; LiteLLM's spelling where the key is foreign
    std::string_view variable = {};  // environment variable that stands in for the absent key
};

/// The keys of one mapping. Sections are named by their path; `[]` is an item of a list, `*` the
/// value of a mapping whose keys are its users' own: `router_settings.model_group_alias.*`. Those
/// of a deployment are `litellm_params` and `model_info`, wherever they stand.
struct KeyTable {
    std::string_view section;
    std::span<const KnownKey> keys;
    bool is_open = false;  // others may stand there too
};

/// In the order in which they are documented.
std::span<const KeyTable> key_tables();
const KeyTable* find_key_table(std::string_view section);
const KnownKey* find_known_key(std::string_view section, std::string_view name);
std::vector<std::string_view> key_names(std::string_view section);

/// The first section that has the key, so that a key in a wrong place is told where it belongs;
/// empty: none.
std::string_view home_of_key(std::string_view name);

/// The section of what no key of a file stands for.
inline constexpr std::string_view kVariables = "(environment)";

}  // namespace tollweir
