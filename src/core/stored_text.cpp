#include "tollweir/core/stored_text.hpp"

#include <algorithm>
#include <array>

#include "tollweir/core/json.hpp"
#include "tollweir/core/json_tree.hpp"

namespace tollweir {
namespace {

// What a body may bring to be called with; spec/data-plane.md, section 2.3.
constexpr std::array<std::string_view, 14> kSecrets{"api_key",
                                                    "aws_access_key_id",
                                                    "aws_secret_access_key",
                                                    "aws_session_token",
                                                    "azure_ad_token",
                                                    "client_secret",
                                                    "langfuse_secret",
                                                    "langfuse_secret_key",
                                                    "langsmith_api_key",
                                                    "password",
                                                    "vertex_credentials",
                                                    "authorization",
                                                    "access_token",
                                                    "token"};

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool begins_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

/// Where the `count`th character of the text begins.
std::size_t offset_of(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (at < text.size() && (!begins_character(text[at]) || count-- > 0)) ++at;
    return at;
}

std::string shortened(std::string_view text, std::size_t most) {
    const auto size = static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
    if (size <= most) return std::string(text);
    const auto first = most * 35 / 100;
    const auto last = most * 65 / 100;
    std::string out(text.substr(0, offset_of(text, first)));
    out += "... (litellm_truncated skipped " + std::to_string(size - first - last) + " chars) ...";
    out += text.substr(offset_of(text, size - last));
    return out;
}

std::string without_nul(std::string_view text) {
    std::string out;
    for (const char c : text) c == '\0' ? out += kReplacement : out += c;
    return out;
}

/// Whether the literal may stand as it came: it has nothing that jsonb refuses.
bool is_plain(std::string_view literal) {
    return !literal.contains("\\u0000") && !literal.contains("\\ud") && !literal.contains("\\uD");
}

class Writer {
public:
    Writer(std::string& out, std::size_t most) : out_(out), most_(most) {}

    void write(const JsonNode& node) {
        switch (node.type) {
            case JsonType::object:
                return write_object(node);
            case JsonType::array:
                return write_array(node);
            case JsonType::string:
                return write_string(node.text);
            default:
                out_ += node.text;
        }
    }

private:
    void write_object(const JsonNode& node) {
        out_ += '{';
        bool first = true;
        for (const auto& child : node.children) {
            if (!first) out_ += ',';
            first = false;
            write_key(child.key);
            out_ += ':';
            const bool is_secret =
                std::ranges::any_of(kSecrets, [&](auto name) { return child.key_is(name); });
            is_secret ? static_cast<void>(out_ += "\"REDACTED\"") : write(child);
        }
        out_ += '}';
    }
    void write_array(const JsonNode& node) {
        out_ += '[';
        bool first = true;
        for (const auto& child : node.children) {
            if (!first) out_ += ',';
            first = false;
            write(child);
        }
        out_ += ']';
    }
    void write_string(std::string_view literal) {
        // Characters are no more than bytes.
        if (literal.size() - 2 <= most_ && is_plain(literal)) {
            out_ += literal;
            return;
        }
        const auto text = decode_json_string(literal);
        append_json_string(out_, text ? shortened(without_nul(*text), most_) : kReplacement);
    }
    void write_key(std::string_view literal) {
        if (is_plain(literal)) {
            out_ += literal;
            return;
        }
        const auto text = decode_json_string(literal);
        append_json_string(out_, text ? without_nul(*text) : kReplacement);
    }

    std::string& out_;
    const std::size_t most_;
};

}  // namespace

std::string stored_text(std::string_view json, std::size_t most_characters) {
    const auto tree = parse_json_tree(json);
    if (!tree) return "{}";
    std::string out;
    Writer(out, most_characters).write(*tree);
    return out;
}

}  // namespace tollweir
