#include "tollweir/auth/authenticator.hpp"

#include <algorithm>

#include "tollweir/auth/auth_error.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/key_digest.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/core/url_query.hpp"

namespace tollweir {

namespace {

constexpr std::string_view kPrefixes[] = {"Bearer ", "bearer ", "Basic "};

std::string_view without_prefix(std::string_view value, bool& found) {
    for (const auto prefix : kPrefixes)
        if (value.starts_with(prefix)) {
            found = true;
            return value.substr(prefix.size());
        }
    found = false;
    return value;
}

/// `AWS4-HMAC-SHA256 Credential=[Bearer ]<key>/...`: what Bedrock SDKs send.
std::string_view from_aws_signature(std::string_view value) {
    constexpr std::string_view kMark = "AWS4-HMAC-SHA256 Credential=";
    if (!value.starts_with(kMark)) return {};
    bool ignored = false;
    const auto key = without_prefix(value.substr(kMark.size()), ignored);
    return key.substr(0, key.find('/'));
}

/// Browsers cannot set headers of a websocket: OpenAI's realtime clients send the key as a
/// subprotocol, `realtime, openai-insecure-api-key.<key>`.
std::string_view from_subprotocol(const net::RequestHead& head) {
    constexpr std::string_view kMark = "openai-insecure-api-key.";
    const auto upgrade = head.find("upgrade");
    if (!upgrade || !net::same_name(*upgrade, "websocket")) return {};
    auto list = head.find("sec-websocket-protocol").value_or("");
    while (!list.empty()) {
        const auto comma = list.find(',');
        auto name = list.substr(0, comma);
        name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
        while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
        if (name.starts_with(kMark)) return name.substr(kMark.size());
        list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
    }
    return {};
}

/// Gemini's clients send `?key=`.
bool takes_key_in_query(std::string_view path) {
    return path.contains("generateContent") || path.contains("streamGenerateContent");
}

/// `abcd****wxyz`, or `****` where that would give away half of it.
std::string masked(std::string_view key) {
    if (key.size() <= 8) return "****";
    return std::string(key.substr(0, 4)) + "****" + std::string(key.substr(key.size() - 4));
}

}  // namespace

Credential find_credential(const Config& config, const net::RequestHead& head) {
    const auto of_text = [](std::string_view text) { return Credential{text, {}, true, false}; };
    if (!config.key_header.empty()) {
        const auto value = head.find(config.key_header);
        if (!value) return {};
        bool has_prefix = false;
        const auto key = without_prefix(*value, has_prefix);
        return {key, {}, true, !has_prefix};
    }
    if (const auto value = head.find("x-litellm-api-key")) {
        bool ignored = false;
        return of_text(without_prefix(*value, ignored));
    }
    if (const auto value = head.find("authorization")) {
        bool has_prefix = false;
        const auto key = without_prefix(*value, has_prefix);
        if (has_prefix) return of_text(key);
        const auto aws = from_aws_signature(*value);
        return {aws, {}, true, aws.empty()};
    }
    for (const std::string_view name :
         {"api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key"})
        if (const auto value = head.find(name)) return of_text(*value);
    if (const auto key = from_subprotocol(head); !key.empty()) return of_text(key);
    if (takes_key_in_query(head.path)) {
        auto key = query_value(head.query, "key");
        if (!key.empty()) return {{}, std::move(key), true, false};
    }
    return {};
}

Result<Caller> read_caller(const Config& config, const net::RequestHead& head) {
    if (config.master_key.empty()) return Caller{};
    const auto credential = find_credential(config, head);
    const auto key = credential.key();
    if (!credential.present || (key.empty() && !credential.malformed))
        return std::unexpected(
            auth_error(ErrorKind::authentication, "Authentication Error, No api key passed in."));
    if (credential.malformed)
        return std::unexpected(auth_error(ErrorKind::authentication,
                                          "Authentication Error, Malformed API Key passed in. "
                                          "Ensure Key has `Bearer ` prefix."));
    const auto digest = digest_of_key(key);
    if (equal_digests(digest, config.master_key_digest)) return Caller{Caller::Kind::master, {}};
    if (!key.starts_with("sk-"))
        return std::unexpected(auth_error(ErrorKind::authentication,
                                          "LiteLLM Virtual Key expected. Received=" + masked(key) +
                                              ", expected to start with 'sk-'."));
    return Caller{Caller::Kind::key, digest};
}

GatewayError unknown_key(const Config& config, const net::RequestHead& head) {
    const auto credential = find_credential(config, head);
    return auth_error(
        ErrorKind::authentication,
        "Authentication Error, Invalid proxy server token passed. Received API Key = " +
            shown_key(credential.key()) + ", Key Hash (Token) =" + sha256_hex(credential.key()) +
            ". Unable to find token in cache or `LiteLLM_VerificationTokenTable`",
        "token_not_found_in_db", "key");
}

GatewayError no_key_store() {
    return auth_error(ErrorKind::bad_request, "No connected db.", "no_db_connection");
}

}  // namespace tollweir
