#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/findings.hpp"
#include "config/node.hpp"

namespace tollweir {

/// Seven days bound every time, 4 TiB every size: beyond them stands a slip of the pen.
inline constexpr std::chrono::milliseconds kLongestTime{std::chrono::hours(24 * 7)};
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

    std::optional<bool> boolean(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least,
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

    /// Warns about every key that is unknown, without effect or not active yet; refuses those that
    /// must not be ignored.
    void check_keys() const;
    /// The same for a section that may hold keys of its users' own.
    void check_known_keys() const;

    bool present() const { return node_ != nullptr; }
    const Node* node() const { return node_; }
    std::string path(std::string_view key) const { return child_path(path_, key); }
    void error(std::string_view key, std::string message) const;
    void warn(std::string_view key, std::string message) const;
    Findings& findings() const { return findings_; }

private:
    void check_key(const Member& entry) const;
    void expected(std::string_view key, const Node& found, std::string_view what) const;
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
