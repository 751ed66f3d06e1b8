#include "tollweir/core/json_tree.hpp"

#include <algorithm>
#include <utility>

namespace tollweir {
namespace {

constexpr int kMaxDepth = 128;
constexpr std::size_t kMaxNodes = 1'000'000;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    bool parse_whole(JsonNode& root) {
        if (!value(root, 0)) return false;
        skip_blanks();
        return at_ == text_.size();
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char wanted) {
        if (at_ >= text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    void skip_blanks() {
        while (at_ < text_.size() && std::string_view(" \t\n\r").contains(text_[at_])) ++at_;
    }

    bool value(JsonNode& node, int depth) {
        if (depth > kMaxDepth || ++nodes_ > kMaxNodes) return false;
        skip_blanks();
        switch (peek()) {
            case '{':
                node.type = JsonType::object;
                return members(node, depth);
            case '[':
                node.type = JsonType::array;
                return items(node, depth);
            case '"':
                node.type = JsonType::string;
                return string(node.text);
            case 't':
                node.type = JsonType::boolean;
                return word("true", node.text);
            case 'f':
                node.type = JsonType::boolean;
                return word("false", node.text);
            case 'n':
                node.type = JsonType::null;
                return word("null", node.text);
            default:
                node.type = JsonType::number;
                return number(node.text);
        }
    }

    bool members(JsonNode& node, int depth) {
        ++at_;
        skip_blanks();
        if (take('}')) return true;
        for (;;) {
            auto& child = node.children.emplace_back();
            skip_blanks();
            if (!string(child.key)) return false;
            skip_blanks();
            if (!take(':') || !value(child, depth + 1)) return false;
            skip_blanks();
            if (take('}')) return true;
            if (!take(',')) return false;
        }
    }

    bool items(JsonNode& node, int depth) {
        ++at_;
        skip_blanks();
        if (take(']')) return true;
        for (;;) {
            if (!value(node.children.emplace_back(), depth + 1)) return false;
            skip_blanks();
            if (take(']')) return true;
            if (!take(',')) return false;
        }
    }

    bool string(std::string_view& out) {
        const auto begin = at_;
        if (!take('"')) return false;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"') {
                out = text_.substr(begin, at_ - begin);
                return true;
            }
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c == '\\' && !escape()) return false;
        }
        return false;
    }

    bool escape() {
        if (at_ >= text_.size()) return false;
        const char c = text_[at_++];
        if (c != 'u') return std::string_view("\"\\/bfnrt").contains(c);
        for (int i = 0; i < 4; ++i, ++at_) {
            if (!is_hex(peek())) return false;
        }
        return true;
    }

    bool word(std::string_view wanted, std::string_view& out) {
        if (!text_.substr(at_).starts_with(wanted)) return false;
        out = text_.substr(at_, wanted.size());
        at_ += wanted.size();
        return true;
    }

    bool digits() {
        const auto begin = at_;
        while (is_digit(peek())) ++at_;
        return at_ > begin;
    }

    bool number(std::string_view& out) {
        const auto begin = at_;
        take('-');
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!digits()) return false;
        }
        out = text_.substr(begin, at_ - begin);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t nodes_ = 0;
};

}  // namespace

bool JsonNode::key_is(std::string_view name) const {
    if (key.size() < 2) return false;
    if (key.contains('\\')) return decode_json_string(key) == name;
    return key.substr(1, key.size() - 2) == name;
}

const JsonNode* JsonNode::find(std::string_view name) const {
    if (type != JsonType::object) return nullptr;
    const auto found = std::ranges::find_if(
        children, [name](const JsonNode& child) { return child.key_is(name); });
    return found == children.end() ? nullptr : &*found;
}

JsonNode* JsonNode::find(std::string_view name) {
    return const_cast<JsonNode*>(std::as_const(*this).find(name));
}

bool JsonNode::remove(std::string_view name) {
    if (type != JsonType::object) return false;
    return std::erase_if(children, [name](const JsonNode& child) { return child.key_is(name); }) >
           0;
}

bool JsonNode::is_string(std::string_view value) const {
    if (type != JsonType::string) return false;
    if (text.contains('\\')) return decode_json_string(text) == value;
    return text.substr(1, text.size() - 2) == value;
}

std::optional<std::string> JsonNode::string() const {
    if (type != JsonType::string) return std::nullopt;
    return decode_json_string(text);
}

std::optional<JsonNode> parse_json_tree(std::string_view text) {
    JsonNode root;
    if (!Parser(text).parse_whole(root)) return std::nullopt;
    return root;
}

void write_json(const JsonNode& node, std::string& out) {
    const bool is_object = node.is(JsonType::object);
    if (!is_object && !node.is(JsonType::array)) {
        out += node.text;
        return;
    }
    out += is_object ? '{' : '[';
    bool first = true;
    for (const auto& child : node.children) {
        if (!first) out += ',';
        first = false;
        if (is_object) {
            out += child.key;
            out += ':';
        }
        write_json(child, out);
    }
    out += is_object ? '}' : ']';
}

JsonNode json_string_node(std::string_view key, std::string_view literal) {
    return {JsonType::string, key, literal, {}};
}

}  // namespace tollweir
