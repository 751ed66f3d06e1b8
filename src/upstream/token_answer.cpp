#include "upstream/token_answer.hpp"

#include <algorithm>
#include <charconv>

#include "tollweir/core/json_tree.hpp"
#include "tollweir/core/percent.hpp"

namespace tollweir {
namespace {

// Source: spec/providers-openai-family.md, section 3.
constexpr std::chrono::seconds kMargin{300};
constexpr std::chrono::seconds kPatience{30};
// An issuer that does not say how long is believed for as long.
constexpr std::chrono::seconds kUnsaid{600};
constexpr std::chrono::seconds kLongest{7 * 24 * 3600};

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
}

std::chrono::seconds lifetime_in(const JsonNode& answer) {
    const auto* node = answer.find("expires_in");
    if (node == nullptr) return kUnsaid;
    auto text = node->text;
    if (node->is(JsonType::string)) text = text.substr(1, text.size() - 2);
    double seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc() || !(seconds >= 0)) return kUnsaid;
    if (seconds >= static_cast<double>(kLongest.count())) return kLongest;
    return std::chrono::seconds(static_cast<std::int64_t>(seconds));
}

// `invalid_client`; `AADSTS7000215` at the front of a description. Nothing else of the answer.
std::string code_words(std::string_view body) {
    const auto answer = parse_json_tree(body);
    if (!answer) return {};
    std::string words;
    if (const auto* error = answer->find("error")) {
        const auto text = error->string().value_or("");
        if (text.size() <= 64 && std::ranges::all_of(text, is_plain)) words = text;
    }
    if (const auto* description = answer->find("error_description")) {
        const auto text = description->string().value_or("");
        const auto code = text.substr(0, text.find(':'));
        if (code.starts_with("AADSTS") && code.size() <= 32 &&
            std::ranges::all_of(code, is_plain)) {
            words += (words.empty() ? "" : ", ") + code;
        }
    }
    return words;
}

ErrorKind kind_of_refusal(int status) {
    if (status == 429) return ErrorKind::rate_limited;
    return status >= 500 ? ErrorKind::unavailable : ErrorKind::authentication;
}

}  // namespace

Result<Token> read_token(std::string_view body, std::string_view issuer) {
    const auto answer = parse_json_tree(body);
    const auto* node = answer ? answer->find("access_token") : nullptr;
    auto text = node == nullptr ? std::nullopt : node->string();
    // It goes into a header: nothing in it may end one.
    const bool usable = text && !text->empty() &&
                        std::ranges::all_of(*text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!usable) {
        return fail(ErrorKind::bad_gateway,
                    "the answer of " + std::string(issuer) + " holds no access token",
                    ErrorSource::gateway);
    }
    return Token{std::move(*text), lifetime_in(*answer)};
}

Result<std::string> read_assertion(std::string_view body, std::string_view member) {
    std::string text(body);
    if (!member.empty()) {
        const auto answer = parse_json_tree(body);
        const auto* node = answer ? answer->find(member) : nullptr;
        text = node == nullptr ? std::string() : node->string().value_or("");
    }
    if (!text.empty()) return text;
    return fail(ErrorKind::bad_gateway, "the answer of the identity provider holds no token",
                ErrorSource::gateway);
}

GatewayError read_token_error(int status, std::string_view body, std::string_view issuer) {
    std::string message = "the gateway got no access token from " + std::string(issuer) +
                          ": status " + std::to_string(status);
    if (const auto words = code_words(body); !words.empty()) message += " (" + words + ")";
    return {kind_of_refusal(status), ErrorSource::gateway, std::move(message)};
}

std::string form_body(const TokenCall& call, std::string_view assertion) {
    std::string out;
    const auto add = [&out](std::string_view name, std::string_view value) {
        if (!out.empty()) out += '&';
        append_percent_encoded(out, name);
        out += '=';
        append_percent_encoded(out, value);
    };
    for (const auto& [name, value] : call.form) add(name, value.reveal());
    if (!assertion.empty()) add("client_assertion", assertion);
    return out;
}

void KeptToken::take(Token token, TimePoint asked_at) {
    text_ = std::move(token.text);
    expires_at_ = asked_at + token.lifetime;
    renew_at_ = expires_at_ - std::min(kMargin, token.lifetime / 2);
}

bool KeptToken::is_usable(TimePoint now, bool is_renewing) const {
    return !text_.empty() && !is_expired(now) && (is_renewing || now < renew_at_);
}

bool KeptToken::outlives_failure(TimePoint now) {
    if (text_.empty() || is_expired(now)) return false;
    renew_at_ = now + kPatience;
    return true;
}

}  // namespace tollweir
