#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace tollweir {

/// A credential. It has no formatter and no stream operator, so that it cannot reach a log, an
/// error or a metric by accident; `reveal()` is the one way to the text.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    const std::string& reveal() const { return text_; }
    bool empty() const { return text_.empty(); }

    friend bool operator==(const Secret&, const Secret&) = default;

private:
    std::string text_;
};

/// Compares without telling by its duration where the two differ (CRYPTO_memcmp over digests, so
/// that the length does not show either).
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace tollweir
