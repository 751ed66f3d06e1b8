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
    seconds,
    duration,
    text,
    secret,
    url,
    texts,
    list,
    map
};

enum class KeyStatus : std::uint8_t {
    active,
    body,       // litellm_params: a parameter of OpenAI's API, sent where the request has none
    later,      // understood, comes with a later part: warned about, see docs/status.md
    no_effect,  // nothing to do here; `note` says why
    refused,    // cannot be honoured, and ignoring it would be wrong; `note` says what to do
};

/// A key of the configuration file (spec/config.md, sections 4 to 7).
struct KnownKey {
    std::string_view section;  // "" (top level), "litellm_params", "tollweir_settings.drain"
    std::string_view name;
    KeyKind kind;
    KeyStatus status;
    std::string_view note;  // ends a warning; LiteLLM's spelling where the key is a foreign one
};

std::span<const KnownKey> known_keys();
const KnownKey* find_known_key(std::string_view section, std::string_view name);
std::vector<std::string_view> key_names(std::string_view section);

}  // namespace tollweir
