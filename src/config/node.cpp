#include "config/node.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "config/scalar.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMaxShown = 60;

void append_number(std::string& out, const Node& node) {
    if (node.kind == Node::Kind::integer) {
        if (const auto value = parse_yaml_integer(node.text)) {
            out += std::to_string(*value);
            return;
        }
    }
    if (is_json_number(node.text)) {
        out += node.text;
        return;
    }
    const auto value = parse_number(node.text);
    JsonWriter writer(out);
    if (value) {
        writer.number(*value);
    } else {
        writer.null();
    }
}

/// `aws_secret_access_key` and `X-Api-Key` in words, lower case.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    bool after_lower = false;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '_' || c == '-' || c == '.' || c == ' ') {
            if (!words.back().empty()) words.emplace_back();
            after_lower = false;
            continue;
        }
        const bool upper = std::isupper(byte) != 0;
        if (upper && after_lower) words.emplace_back();
        words.back() += static_cast<char>(std::tolower(byte));
        after_lower = !upper;
    }
    return words;
}

}  // namespace

const Member* Node::member(std::string_view key) const {
    for (const auto& entry : members)
        if (entry.key == key) return &entry;
    return nullptr;
}

const Node* Node::find(std::string_view key) const {
    const Member* entry = member(key);
    return entry == nullptr ? nullptr : &entry->value;
}

Node* Node::find(std::string_view key) {
    return const_cast<Node*>(std::as_const(*this).find(key));
}

Node text_node(std::string text, Position at) {
    Node node;
    node.kind = Node::Kind::text;
    node.text = std::move(text);
    node.at = at;
    return node;
}

Node map_node() {
    Node node;
    node.kind = Node::Kind::map;
    return node;
}

void set_member(Node& map, std::string key, Node value) {
    if (Node* own = map.find(key)) {
        *own = std::move(value);
    } else {
        const Position at = value.at;
        map.members.push_back({std::move(key), at, std::move(value)});
    }
}

std::string describe(const Node& node, std::string_view key) {
    switch (node.kind) {
        case Node::Kind::null:
            return "nothing";
        case Node::Kind::list:
            return "a list";
        case Node::Kind::map:
            return "a mapping";
        default:
            break;
    }
    if (node.origin == Node::Origin::reference) return "the value of the variable " + node.source;
    if (names_secret(key)) return "a value that is not shown";
    std::string shown = node.text.substr(0, kMaxShown);
    if (shown.size() < node.text.size()) shown += "...";
    if (node.kind != Node::Kind::text) return shown;
    std::string quoted;
    append_json_string(quoted, shown);
    return quoted;
}

void append_json(std::string& out, const Node& node) {
    switch (node.kind) {
        case Node::Kind::null:
            out += "null";
            return;
        case Node::Kind::boolean:
            out += node.boolean ? "true" : "false";
            return;
        case Node::Kind::integer:
        case Node::Kind::number:
            append_number(out, node);
            return;
        case Node::Kind::text:
            append_json_string(out, node.text);
            return;
        case Node::Kind::list:
            out += '[';
            for (const auto& item : node.items) {
                if (&item != &node.items.front()) out += ',';
                append_json(out, item);
            }
            out += ']';
            return;
        case Node::Kind::map:
            out += '{';
            for (const auto& entry : node.members) {
                if (&entry != &node.members.front()) out += ',';
                append_json_string(out, entry.key);
                out += ':';
                append_json(out, entry.value);
            }
            out += '}';
            return;
    }
}

std::string to_json(const Node& node) {
    std::string out;
    append_json(out, node);
    return out;
}

bool names_secret(std::string_view key) {
    static constexpr std::array<std::string_view, 14> kSecretWords = {
        "key",         "keys",          "apikey", "token",  "secret", "secrets", "password",
        "credentials", "authorization", "cookie", "passwd", "pwd",    "apikeys", "passphrase"};
    const auto words = words_of(key);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool is_price = words[i] == "token" && i > 0 && words[i - 1] == "per";
        if (!is_price && std::ranges::find(kSecretWords, words[i]) != kSecretWords.end())
            return true;
    }
    return false;
}

Node without_secrets(const Node& node) {
    Node copy;
    copy.kind = node.kind;
    copy.boolean = node.boolean;
    copy.at = node.at;
    copy.text = node.text;
    for (const auto& item : node.items) copy.items.push_back(without_secrets(item));
    for (const auto& entry : node.members)
        if (!entry.value.is_null() && !names_secret(entry.key) && !names_secret(entry.value.source))
            copy.members.push_back({entry.key, entry.at, without_secrets(entry.value)});
    return copy;
}

}  // namespace tollweir
