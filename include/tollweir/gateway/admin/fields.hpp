#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/calendar.hpp"
#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/money.hpp"

namespace tollweir {

/// A field of a request: left out, null, or a value. Absence keeps, null clears.
template <class T>
struct Sent {
    bool sent = false;
    std::optional<T> value;

    bool is_null() const { return sent && !value; }
    void set(T given) {
        sent = true;
        value = std::move(given);
    }
};

/// Whether a text holds what may stand in no name: a control character.
bool has_control(std::string_view text);

/// The fields of a management request's body, by name and type. Each wrong one is an error that
/// names it; the first is kept, so that a parser reads all of its fields and asks once. Unknown
/// fields are ignored.
class Fields {
public:
    /// An empty body has no fields. Errors: `bad_request` (no JSON object).
    static Result<Fields> read(std::string_view body);

    bool has(std::string_view name) const { return object_.find(name) != nullptr; }

    // A text that is empty is null: forms send it for what is not filled in.
    Sent<std::string> text(std::string_view name);
    Sent<std::string> word(std::string_view name, std::span<const std::string_view> words);
    Sent<bool> boolean(std::string_view name);
    Sent<std::int64_t> count(std::string_view name, std::int64_t most);  // from 0 on
    /// From 0 on; `must` says so where a route has words of its own for it.
    Sent<Picodollars> dollars(std::string_view name, std::string_view must = "cannot be negative");
    Sent<WallTime> time(std::string_view name);
    Sent<BudgetDuration> duration(std::string_view name);  // `none` is null
    Sent<std::vector<std::string>> texts(std::string_view name);
    /// As sent, checked to be one well-formed object or array within bounds.
    Sent<std::string> object(std::string_view name);
    Sent<std::string> array(std::string_view name, std::size_t most = kMaxObject);

    /// The value as it was sent; empty: left out.
    std::string_view raw(std::string_view name) const;

    /// Notes an error, for checks of the caller's.
    void refuse(std::string_view name, std::string message);
    /// Likewise a 422, as schemas answer.
    void refuse_as_schema(std::string_view name, std::string_view type, std::string_view message);
    /// Absent, null and empty are errors, as of a missing field of a schema: 422.
    void require(std::string_view name);
    Result<void> checked() const;

    // Names and ids: rows and indexes hold them.
    static constexpr std::size_t kMaxText = 512;
    static constexpr std::size_t kMaxItems = 2'000;
    static constexpr std::size_t kMaxObject = 64 * 1024;
    static constexpr std::size_t kMaxDepth = 64;  // a store's own reader has a stack

private:
    const JsonMember* find(std::string_view name) const;
    Sent<std::string> nested(std::string_view name, JsonType type, std::size_t most);
    void wrong_type(std::string_view name, std::string_view type, std::string_view expected);
    bool take_text(std::string_view name, std::string_view literal, std::string& out);

    std::string body_;  // with the padding that the view needs; on the heap, so that it may move
    ObjectView object_;
    std::optional<GatewayError> error_;
};

/// 422, as schemas answer: `detail` lists the fault, `error` says it in words.
GatewayError schema_error(std::string_view name, std::string_view type, std::string_view message);

}  // namespace tollweir
