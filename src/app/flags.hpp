#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tollweir {

enum class FlagKind : std::uint8_t { present, text, whole, decimal };

/// Where `--help` shows a flag; those of `quiet` are only named there.
enum class FlagGroup : std::uint8_t { action, serving, model, logging, tls, quiet };

/// Why a flag changes nothing.
enum class FlagUse : std::uint8_t { active, later, no_effect };

struct Flag {
    std::string_view name;  // LiteLLM's spelling, with underscores
    char letter;            // 0: none
    FlagKind kind;
    FlagGroup group;
    std::string_view variable;  // environment variable asked where the flag is absent
    std::string_view argument;  // how help calls the value
    std::string_view help;
    FlagUse use = FlagUse::active;
};

std::span<const Flag> flags();
/// By its name with dashes or underscores, or null.
const Flag* find_flag(std::string_view name);
const Flag* find_flag(char letter);
std::vector<std::string_view> flag_names();

}  // namespace tollweir
