#include "tollweir/config/reference.hpp"

#include <array>
#include <string_view>

#include "config/known_keys.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kIntroduction =
    "# Configuration\n"
    "\n"
    "<!-- Written by `tollweir docs configuration`; a test fails where it is out of date. -->\n"
    "\n"
    "Every key of the configuration file, as the loader knows it. `tollweir check FILE` says what "
    "a\n"
    "file means, what is wrong in it, and where each value in force came from.\n"
    "\n"
    "- `os.environ/NAME` stands for an environment variable wherever a value may stand; what is\n"
    "  named in the last column stands in where the key is absent.\n"
    "- *seconds* may have a unit: `500ms`, `25s`, `2m`, `1h`. A *period* needs one: `30d`, `1mo`.\n"
    "- `[]` is an item of a list, `*` the value of any key.\n"
    "- Status: **active**; *body*: sent to the upstream where the request does not name it; "
    "*later*:\n"
    "  read and checked, not active yet; *no effect*; *refused*: an error that says what to do.\n"
    "- An unknown key is a warning with the nearest known one.\n";

std::string_view name_of(KeyKind kind) {
    static constexpr std::array<std::string_view, 15> kNames = {
        "any",  "boolean", "integer", "number", "seconds", "period", "MiB",    "USD",
        "text", "choice",  "secret",  "URL",    "texts",   "list",   "mapping"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name_of(KeyStatus status) {
    static constexpr std::array<std::string_view, 5> kNames = {"**active**", "body", "later",
                                                               "no effect", "refused"};
    return kNames[static_cast<std::size_t>(status)];
}

std::string quoted(std::string_view text) {
    return text.empty() ? std::string() : '`' + std::string(text) + '`';
}

/// What the key means, and what its users should know.
std::string description(const KnownKey& key) {
    std::string text(key.meaning);
    if (key.note.empty()) return text;
    if (text.empty()) return std::string(key.note);
    if (!text.ends_with('.')) text += '.';
    return text + " (" + std::string(key.note) + ")";
}

std::string row(const KnownKey& key) {
    std::string out = "| `" + std::string(key.name) + "` | ";
    out.append(name_of(key.kind)).append(" | ").append(quoted(key.fallback)).append(" | ");
    out.append(description(key)).append(" | ").append(name_of(key.status)).append(" | ");
    return out.append(quoted(key.variable)).append(" |\n");
}

std::string table_text(const KeyTable& table) {
    const bool is_variables = table.section == kVariables;
    std::string out = "\n## ";
    if (table.section.empty()) {
        out += "The file";
    } else if (is_variables) {
        out += "Environment variables that no key stands for";
    } else {
        out += quoted(table.section);
    }
    out += "\n\n";
    if (table.is_open) out += "Other keys may stand here too.\n\n";
    out += is_variables ? "| variable" : "| key";
    out +=
        " | type | default | meaning | status | variable |\n| --- | --- | --- | --- | --- | --- "
        "|\n";
    for (const auto& key : table.keys) out += row(key);
    return out;
}

}  // namespace

std::string configuration_reference() {
    std::string out(kIntroduction);
    for (const auto& table : key_tables()) {
        if (table.section == "router_settings.default_litellm_params") {
            out +=
                "\n## `router_settings.default_litellm_params`\n\nThe keys of `litellm_params`.\n";
        } else {
            out += table_text(table);
        }
    }
    return out;
}

}  // namespace tollweir
