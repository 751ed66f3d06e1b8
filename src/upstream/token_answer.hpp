#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "tollweir/core/error.hpp"
#include "tollweir/core/token_recipe.hpp"

namespace tollweir {

struct Token {
    std::string text;
    std::chrono::seconds lifetime{0};
};

/// Reads an issuer's answer: `access_token` and `expires_in` (a number, or a text as Azure's
/// metadata server writes it). Errors: `bad_gateway`.
Result<Token> read_token(std::string_view body, std::string_view issuer);

/// The assertion in an identity provider's answer: the member of that name, or the whole text.
Result<std::string> read_assertion(std::string_view body, std::string_view member);

/// What an issuer's refusal stands for. The message repeats code words alone: descriptions name
/// tenants and clients.
GatewayError read_token_error(int status, std::string_view body, std::string_view issuer);

/// The fields percent-encoded, `client_assertion` added where there is one. Secret.
std::string form_body(const TokenCall& call, std::string_view assertion);

/// How long before its end a token is renewed.
std::chrono::seconds renewal_margin(std::chrono::seconds lifetime);

}  // namespace tollweir
