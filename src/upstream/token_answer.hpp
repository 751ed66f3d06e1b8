#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "tollweir/core/clock.hpp"
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

/// A token as it is kept: when it is renewed, and how long it is good if that fails.
class KeptToken {
public:
    /// `asked_at`: when the issuer was asked, since its clock began to run then at the earliest.
    void take(Token token, TimePoint asked_at);
    /// Until five minutes before its end (half its life, where that is shorter) nothing is to do.
    /// While a renewal is under way it is used to its end.
    bool is_usable(TimePoint now, bool is_renewing) const;
    /// A renewal failed: true if the token is good yet, and is used on for half a minute before the
    /// issuer is asked again.
    bool outlives_failure(TimePoint now);
    bool is_expired(TimePoint now) const { return now >= expires_at_; }
    const std::string& text() const { return text_; }

private:
    std::string text_;
    TimePoint renew_at_{};
    TimePoint expires_at_{};
};

}  // namespace tollweir
