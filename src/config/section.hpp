#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/findings.hpp"
#include "config/node.hpp"
#include "tollweir/core/calendar.hpp"
#include "tollweir/core/ip_range.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// Seven days bound every time, 4 TiB every size: beyond them stands a slip of the pen.
inline constexpr std::chrono::milliseconds kLongestTime{std::chrono::hours(24 * 7)};
inline constexpr std::int64_t kMostCount = 1'000'000'000'000;  // of requests and tokens
inline constexpr double kMostMegabytes = 4.0 * 1024 * 1024;

/// One mapping of the file, read key by key. A wrong value becomes an error and reads as absent; a
/// null reads as absent. Borrowed: node and findings outlive it.
class Section {
public:
    /// `node` may be null (an absent section). `table` names the section in `known_keys`.
    Section(const Node* node, std::string path, std::string table, Findings& findings);

    const Node* find(std::string_view key) const;
    Section section(std::string_view key) const;
    const Node* list(std::string_view key) const;
    const Node* map(std::string_view key) const;
    /// The items of a list, each a mapping; those that are none are errors and left out.
    std::vector<Section> items(std::string_view key) const;
    /// Of a mapping whose keys are its users' own (names of groups, of providers): the members, and
    /// the value of one as a mapping.
    std::span<const Member> entries() const;
    Section entry(std::string_view key) const;

    std::optional<bool> boolean(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least,
                                        std::int64_t most) const;
    std::optional<std::size_t> count(std::string_view key, std::int64_t least,
                                     std::int64_t most) const;
    std::optional<double> number(std::string_view key, double least, double most) const;
    /// A number of seconds, or text with a unit.
    std::optional<std::chrono::milliseconds> duration(
        std::string_view key, std::chrono::milliseconds least,
        std::chrono::milliseconds most = kLongestTime) const;
    /// In bytes; the file says MiB.
    std::optional<std::size_t> megabytes(std::string_view key) const;
    std::optional<std::string> text(std::string_view key) const;
    std::vector<std::string> texts(std::string_view key) const;
    /// Blanks and line ends around it (files of secrets end with one) go, with a warning.
    Secret secret(std::string_view key) const;
    /// An amount in dollars, not negative, exact to the picodollar.
    std::optional<Picodollars> dollars(std::string_view key) const;
    /// A reset period or a lifetime.
    std::optional<BudgetDuration> period(std::string_view key) const;
    /// A number of requests, tokens, retries: 0 or more.
    std::optional<std::int64_t> limit(std::string_view key) const;
    /// An http or https URL, as written.
    std::optional<std::string> url(std::string_view key) const;
    /// A mapping of texts, in file order.
    std::vector<std::pair<std::string, std::string>> pairs(std::string_view key) const;
    /// A mapping of HTTP headers.
    std::vector<std::pair<std::string, Secret>> headers(std::string_view key) const;
    /// A list, or one text for a list of one.
    std::vector<std::string> texts_or_one(std::string_view key) const;
    /// Any value as JSON; empty: absent.
    std::string json(std::string_view key) const;
    /// Addresses and ranges of addresses.
    std::vector<IpRange> ip_ranges(std::string_view key) const;
    /// Names of HTTP headers, in lower case.
    std::vector<std::string> header_names(std::string_view key) const;
    std::optional<std::string> header_name(std::string_view key) const;
    /// The place of a word in `words`; other words are errors.
    std::optional<std::size_t> one_of(std::string_view key,
                                      std::span<const std::string_view> words) const;
    /// The same as an enumerator; `words` are those of the enumeration in its order.
    template <class Enum>
    std::optional<Enum> choice(std::string_view key,
                               std::span<const std::string_view> words) const {
        const auto place = one_of(key, words);
        return place ? std::optional(static_cast<Enum>(*place)) : std::nullopt;
    }

    bool present() const { return node_ != nullptr; }
    const Node* node() const { return node_; }
    std::string path(std::string_view key) const { return child_path(path_, key); }
    /// What a variable that stands in for an absent key holds wrong is a warning, and left out:
    /// such variables may be meant for other programs.
    void error(std::string_view key, std::string message) const;
    void warn(std::string_view key, std::string message) const;
    Findings& findings() const { return findings_; }

private:
    void expected(std::string_view key, const Node& found, std::string_view what) const;
    bool may_show(std::string_view key) const;
    Position at(std::string_view key) const;

    const Node* node_;
    std::string path_;
    std::string table_;
    Findings& findings_;
};

/// Scalars as settings mean them: `"5"` out of a variable is a number, `12` is a text where text is
/// wanted (model names, versions). Nothing: of another kind.
std::optional<bool> as_boolean(const Node& node);
std::optional<std::int64_t> as_integer(const Node& node);
std::optional<double> as_number(const Node& node);
std::optional<std::string> as_text(const Node& node);

}  // namespace tollweir
