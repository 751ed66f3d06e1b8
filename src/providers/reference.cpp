#include "tollweir/providers/reference.hpp"

#include <array>
#include <span>

#include "providers/openai/dialects.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

constexpr std::array kEndpoints{Endpoint::chat_completions, Endpoint::completions,
                                Endpoint::embeddings, Endpoint::moderations};

constexpr std::string_view kHead =
    "<!-- Written by `tollweir docs providers`; a test fails where it is out of date. -->\n"
    "# Providers\n\n"
    "A model is written `provider/model`. Key and address come from the deployment, else from the\n"
    "environment (the first variable that is set counts), else the address is the provider's "
    "own.\n\n"
    "## Those that are served\n\n"
    "| provider | address | variables of key and address | endpoints |\n"
    "| --- | --- | --- | --- |\n";

std::string code(std::string_view text) {
    return "`" + std::string(text) + "`";
}

std::string listed(std::span<const std::string_view> names) {
    std::string out;
    for (const auto name : names) {
        if (!out.empty()) out += ", ";
        out += code(name);
    }
    return out;
}

bool is_served(const Provider& provider) {
    for (const auto endpoint : kEndpoints) {
        if (provider.dialect(endpoint)) return true;
    }
    return false;
}

std::string address_of(const ProviderDefaults& defaults) {
    return defaults.base.empty() ? "`api_base`" : "<" + std::string(defaults.base) + ">";
}

std::string endpoints_of(const Provider& provider) {
    std::string out;
    for (const auto endpoint : kEndpoints) {
        if (!provider.dialect(endpoint)) continue;
        if (!out.empty()) out += ", ";
        out += path_of(endpoint);
    }
    return out;
}

void add_row(const ProviderEntry& entry, std::string& out) {
    const auto& defaults = entry.defaults;
    out += "| " + code(entry.provider->name()) + " | " + address_of(defaults) + " | " +
           listed(defaults.key_names) + "; " + listed(defaults.base_names) + " | " +
           endpoints_of(*entry.provider) + " |\n";
}

std::string names_in(ParamSet params) {
    const auto names = names_of(params);
    return listed(names);
}

void add_params(const OpenAiDialect& row, std::string& out) {
    constexpr unsigned kChat = on(Endpoint::chat_completions);
    if ((row.endpoints & kChat) == 0) return;
    if (row.supported == kEveryChatParam) {
        out += "- parameters: all of OpenAI's\n";
    } else if (row.supported == kGeneral) {
        out += "- parameters: the general list\n";
    } else {
        out += "- parameters: " + names_in(row.supported) + "\n";
    }
    if (!row.extra_params.empty()) out += "- its own: `" + std::string(row.extra_params) + "`\n";
}

void add_rules(const OpenAiDialect& row, std::string& out) {
    for (std::size_t i = 0; i < kQuirkCount; ++i) {
        const auto quirk = static_cast<Quirk>(i);
        if (row.quirks.has(quirk)) out.append("- ").append(text_of(quirk)).append("\n");
    }
    for (const auto& [param, name] : row.renames) {
        out += "- " + code(name_of(param)) + " is sent as " + code(name) + "\n";
    }
    for (const auto& [words, refused, dropped] : row.exceptions) {
        const auto models = words.empty() ? std::string("all models")
                                          : "models named like `" + std::string(words) + "`";
        if (refused != 0) out += "- " + models + " take no " + names_in(refused) + "\n";
        if (dropped != 0) out += "- " + models + ": left out silently " + names_in(dropped) + "\n";
    }
    if (!row.thinking_types.empty()) {
        out += "- types of `thinking`: `" + std::string(row.thinking_types) + "`\n";
    }
    if (!row.own_header.empty()) out += "- sends the header " + code(row.own_header) + "\n";
    if (!row.key_header.empty()) out += "- sends the key as " + code(row.key_header) + " too\n";
    if (!row.model_prefix.empty()) {
        out += "- short names of models get the prefix " + code(row.model_prefix) + "\n";
    }
}

}  // namespace

std::string providers_reference() {
    std::string out(kHead);
    std::string later;
    for (const auto& entry : providers()) {
        if (is_served(*entry.provider)) {
            add_row(entry, out);
        } else {
            later += "- " + code(entry.provider->name()) + "\n";
        }
    }
    out += "\n## What is done for each\n\nThe general list: " + names_in(kGeneral) +
           ". `reasoning_effort` goes to models that reason.\n";
    for (const auto& row : openai_dialects()) {
        out += "\n### " + std::string(row.name) + "\n\n";
        add_params(row, out);
        add_rules(row, out);
        if (out.ends_with("\n\n")) out += "- nothing of its own\n";
    }
    out += "\n## Those that come later\n\nTheir deployments load; a call answers 501.\n\n" + later;
    return out;
}

}  // namespace tollweir
