#include "config/references.hpp"

#include <algorithm>
#include <memory>
#include <optional>

namespace tollweir {
namespace {

constexpr std::string_view kReference = "os.environ/";
constexpr std::string_view kShortReference =
    "env/";  // seen in the wild, spec/README.md decision 22

struct Reference {
    std::string name;
    bool is_short = false;
};

std::optional<Reference> reference_in(const Node& node) {
    if (node.kind != Node::Kind::text) return std::nullopt;
    const std::string_view text = node.text;
    if (text.starts_with(kReference))
        return Reference{std::string(text.substr(kReference.size())), false};
    if (text.starts_with(kShortReference))
        return Reference{std::string(text.substr(kShortReference.size())), true};
    return std::nullopt;
}

bool is_word(std::string_view text, std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) { return (a | 0x20) == b; });
}

void resolve_scalar(Node& node, const std::string& path, const Environment& environment,
                    Findings& findings) {
    const auto reference = reference_in(node);
    if (!reference) return;
    if (reference->name.empty()) {
        findings.error(node.at, path, "a reference needs the name of a variable after the slash");
        return;
    }
    if (reference->is_short)
        findings.warn(node.at, path,
                      "env/" + reference->name + " is read as os.environ/" + reference->name +
                          ", LiteLLM's spelling");
    auto value = environment(reference->name);
    Node resolved;
    resolved.at = node.at;
    resolved.origin = Node::Origin::reference;
    resolved.source = reference->name;
    if (!value) {
        findings.warn(node.at, path,
                      "the environment variable " + reference->name +
                          " is not set; the key counts as absent");
        node = std::move(resolved);
        return;
    }
    resolved.text = std::move(*value);
    const bool is_true = is_word(resolved.text, "true");
    const bool is_boolean = is_true || is_word(resolved.text, "false");
    resolved.kind = is_boolean ? Node::Kind::boolean : Node::Kind::text;
    resolved.boolean = is_true;
    node = std::move(resolved);
}

}  // namespace

void resolve_references(Node& node, const std::string& path, const Environment& environment,
                        Findings& findings) {
    switch (node.kind) {
        case Node::Kind::text:
            resolve_scalar(node, path, environment, findings);
            return;
        case Node::Kind::list:
            for (std::size_t i = 0; i < node.items.size(); ++i)
                resolve_references(node.items[i], item_path(path, i), environment, findings);
            return;
        case Node::Kind::map:
            for (auto& entry : node.members)
                resolve_references(entry.value, child_path(path, entry.key), environment, findings);
            return;
        default:
            return;
    }
}

std::map<std::string, std::string> read_environment_variables(Node* section,
                                                              const Environment& environment,
                                                              Findings& findings) {
    static const std::string kPath = "environment_variables";
    std::map<std::string, std::string> variables;
    if (section == nullptr || section->is_null()) return variables;
    if (section->kind != Node::Kind::map) {
        findings.error(section->at, kPath, "expected a mapping, found " + describe(*section));
        return variables;
    }
    const Environment with_earlier = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found != variables.end() ? std::optional(found->second) : environment(name);
    };
    for (auto& entry : section->members) {
        const std::string path = child_path(kPath, entry.key);
        resolve_references(entry.value, path, with_earlier, findings);
        if (entry.key.empty() ||
            entry.key.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
            findings.error(entry.at, path, "not a name for an environment variable");
        } else if (!entry.value.is_scalar()) {
            findings.error(entry.value.at, path,
                           "expected a single value, found " + describe(entry.value));
        } else if (!entry.value.is_null()) {
            variables[entry.key] = entry.value.text;
        }
    }
    return variables;
}

Environment layered(std::map<std::string, std::string> variables, Environment outer) {
    auto shared = std::make_shared<const std::map<std::string, std::string>>(std::move(variables));
    return
        [shared, outer = std::move(outer)](const std::string& name) -> std::optional<std::string> {
            const auto found = shared->find(name);
            return found != shared->end() ? std::optional(found->second) : outer(name);
        };
}

}  // namespace tollweir
