#include "tollweir/auth/authenticator.hpp"

#include "tollweir/core/hash.hpp"

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

GatewayError refused(std::string message, std::string_view type, std::string_view param) {
    GatewayError error(ErrorKind::authentication, ErrorSource::client, std::move(message));
    error.type_json = "\"" + std::string(type) + "\"";
    if (!param.empty()) error.param_json = "\"" + std::string(param) + "\"";
    error.code_json = "\"401\"";
    return error;
}

/// `sk-...Z5Ng`.
std::string shortened(std::string_view key) {
    return "sk-..." + std::string(key.substr(key.size() - std::min<std::size_t>(4, key.size())));
}

/// `abcd****wxyz`, or `****` where that would give away half of it.
std::string masked(std::string_view key) {
    if (key.size() <= 8) return "****";
    return std::string(key.substr(0, 4)) + "****" + std::string(key.substr(key.size() - 4));
}

}  // namespace

Credential find_credential(const Config& config, const net::RequestHead& head) {
    if (!config.key_header.empty()) {
        const auto value = head.find(config.key_header);
        if (!value) return {};
        bool has_prefix = false;
        const auto key = without_prefix(*value, has_prefix);
        return {key, true, !has_prefix};
    }
    if (const auto value = head.find("x-litellm-api-key")) {
        bool ignored = false;
        return {without_prefix(*value, ignored), true, false};
    }
    if (const auto value = head.find("authorization")) {
        bool has_prefix = false;
        const auto key = without_prefix(*value, has_prefix);
        if (has_prefix) return {key, true, false};
        const auto aws = from_aws_signature(*value);
        return {aws, true, aws.empty()};
    }
    for (const std::string_view name :
         {"api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key"})
        if (const auto value = head.find(name)) return {*value, true, false};
    return {};
}

Result<Identity> authenticate(const Config& config, const net::RequestHead& head) {
    if (config.master_key.empty()) return Identity{Identity::Role::anonymous};
    const auto credential = find_credential(config, head);
    if (!credential.present || (credential.key.empty() && !credential.malformed))
        return std::unexpected(
            refused("Authentication Error, No api key passed in.", "auth_error", ""));
    if (credential.malformed)
        return std::unexpected(refused(
            "Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix.",
            "auth_error", ""));
    const auto key = credential.key;
    if (equal_digests(sha256(key), config.master_key_digest))
        return Identity{Identity::Role::master};
    if (!key.starts_with("sk-"))
        return std::unexpected(refused("LiteLLM Virtual Key expected. Received=" + masked(key) +
                                           ", expected to start with 'sk-'.",
                                       "auth_error", ""));
    return std::unexpected(
        refused("Authentication Error, Invalid proxy server token passed. Received API Key = " +
                    shortened(key) + ", Key Hash (Token) =" + sha256_hex(key) +
                    ". Unable to find token in cache or `LiteLLM_VerificationTokenTable`",
                "token_not_found_in_db", "key"));
}

}  // namespace tollweir
