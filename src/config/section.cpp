#include "config/section.hpp"

#include <algorithm>
#include <cmath>

#include "config/known_keys.hpp"
#include "config/scalar.hpp"
#include "tollweir/config/nearest.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

std::string shown(double value) {
    std::string out;
    if (std::trunc(value) == value && std::abs(value) < 1e15)
        return std::to_string(static_cast<std::int64_t>(value));
    JsonWriter(out).number(value);
    return out;
}

std::string shown(std::chrono::milliseconds span) {
    return shown(static_cast<double>(span.count()) / 1000.0) + " s";
}

/// The first section that has the key, so that a key in a wrong place is told where it belongs.
std::string_view home_of(std::string_view name) {
    for (const auto& key : known_keys())
        if (key.name == name && key.status != KeyStatus::refused && key.section != "model_info" &&
            !key.section.empty())
            return key.section;
    return {};
}

std::string unknown_key_message(std::string_view table, std::string_view name) {
    std::string message = "unknown key";
    const std::string hint = did_you_mean(name, key_names(table));
    if (!hint.empty()) return message + hint;
    const auto home = home_of(name);
    if (!home.empty()) message += "; it belongs in `" + std::string(home) + "`";
    return message;
}

std::string with_note(std::string message, std::string_view note) {
    if (!note.empty()) message.append("; ").append(note);
    return message;
}

}  // namespace

std::optional<bool> as_boolean(const Node& node) {
    if (node.kind == Node::Kind::boolean) return node.boolean;
    if (node.kind == Node::Kind::text || node.kind == Node::Kind::integer)
        return parse_boolean_word(node.text);
    return std::nullopt;
}

std::optional<std::int64_t> as_integer(const Node& node) {
    if (node.kind == Node::Kind::integer) return parse_yaml_integer(node.text);
    if (node.kind == Node::Kind::number || node.kind == Node::Kind::text)
        return parse_integer(node.text);
    return std::nullopt;
}

std::optional<double> as_number(const Node& node) {
    if (node.kind == Node::Kind::integer) {
        if (const auto whole = parse_yaml_integer(node.text)) return static_cast<double>(*whole);
        return parse_number(node.text);
    }
    if (node.kind == Node::Kind::number || node.kind == Node::Kind::text)
        return parse_number(node.text);
    return std::nullopt;
}

std::optional<std::string> as_text(const Node& node) {
    if (node.kind == Node::Kind::text || node.kind == Node::Kind::integer ||
        node.kind == Node::Kind::number)
        return node.text;
    return std::nullopt;
}

Section::Section(const Node* node, std::string path, std::string table, Findings& findings)
    : node_(node), path_(std::move(path)), table_(std::move(table)), findings_(findings) {
    if (node_ == nullptr || node_->kind == Node::Kind::map) return;
    if (!node_->is_null())
        findings_.error(node_->at, path_, "expected a mapping, found " + describe(*node_));
    node_ = nullptr;
}

const Node* Section::find(std::string_view key) const {
    const Node* found = node_ == nullptr ? nullptr : node_->find(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

Section Section::section(std::string_view key) const {
    return Section(find(key), path(key), table_ + '.' + std::string(key), findings_);
}

const Node* Section::list(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr || found->kind == Node::Kind::list) return found;
    expected(key, *found, "a list");
    return nullptr;
}

const Node* Section::map(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr || found->kind == Node::Kind::map) return found;
    expected(key, *found, "a mapping");
    return nullptr;
}

std::optional<bool> Section::boolean(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr) return std::nullopt;
    const auto value = as_boolean(*found);
    if (!value) expected(key, *found, "true or false");
    return value;
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t least,
                                             std::int64_t most) const {
    const Node* found = find(key);
    if (found == nullptr) return std::nullopt;
    const auto value = as_integer(*found);
    if (value && *value >= least && *value <= most) return value;
    expected(key, *found,
             "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

std::optional<double> Section::number(std::string_view key, double least, double most) const {
    const Node* found = find(key);
    if (found == nullptr) return std::nullopt;
    const auto value = as_number(*found);
    if (value && std::isfinite(*value) && *value >= least && *value <= most) return value;
    expected(key, *found, "a number from " + shown(least) + " to " + shown(most));
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> Section::duration(std::string_view key,
                                                           std::chrono::milliseconds least,
                                                           std::chrono::milliseconds most) const {
    const Node* found = find(key);
    if (found == nullptr) return std::nullopt;
    const bool may_be_time = found->is_scalar() && found->kind != Node::Kind::boolean;
    const auto value = may_be_time ? parse_duration(found->text) : std::nullopt;
    if (value && *value >= least && *value <= most) return value;
    expected(key, *found,
             "a time from " + shown(least) + " to " + shown(most) +
                 " (seconds, or with a unit: 500ms, 25s, 2m, 1h)");
    return std::nullopt;
}

std::optional<std::size_t> Section::megabytes(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr) return std::nullopt;
    const auto value = as_number(*found);
    constexpr double kBytes = 1024.0 * 1024.0;
    if (value && std::isfinite(*value) && *value * kBytes >= 1 && *value <= kMostMegabytes)
        return static_cast<std::size_t>(*value * kBytes);
    expected(key, *found, "a size in MiB above 0, up to " + shown(kMostMegabytes));
    return std::nullopt;
}

std::optional<std::string> Section::text(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr) return std::nullopt;
    auto value = as_text(*found);
    if (!value)
        expected(key, *found,
                 found->kind == Node::Kind::boolean ? "text (put it in quotes)" : "text");
    return value;
}

std::vector<std::string> Section::texts(std::string_view key) const {
    const Node* found = find(key);
    std::vector<std::string> values;
    if (found == nullptr) return values;
    if (found->kind != Node::Kind::list) {
        expected(key, *found, "a list of texts");
        return values;
    }
    for (std::size_t i = 0; i < found->items.size(); ++i) {
        const Node& item = found->items[i];
        if (item.is_null()) continue;
        auto value = as_text(item);
        if (value) {
            values.push_back(std::move(*value));
        } else {
            findings_.error(item.at, item_path(path(key), i),
                            "expected text, found " + describe(item, key));
        }
    }
    return values;
}

void Section::check_keys() const {
    if (node_ == nullptr) return;
    for (const auto& entry : node_->members)
        if (find_known_key(table_, entry.key) == nullptr)
            findings_.warn(entry.at, path(entry.key), unknown_key_message(table_, entry.key));
    check_known_keys();
}

void Section::check_known_keys() const {
    if (node_ == nullptr) return;
    for (const auto& entry : node_->members)
        if (!entry.value.is_null() || !entry.value.variable.empty()) check_key(entry);
}

void Section::check_key(const Member& entry) const {
    const auto* known = find_known_key(table_, entry.key);
    if (known == nullptr) return;
    if (known->status == KeyStatus::later)
        findings_.warn(entry.at, path(entry.key),
                       with_note("not active yet (docs/status.md)", known->note));
    if (known->status == KeyStatus::no_effect)
        findings_.warn(entry.at, path(entry.key), with_note("has no effect", known->note));
    if (known->status == KeyStatus::refused)
        findings_.error(entry.at, path(entry.key),
                        "cannot be honoured: " + std::string(known->note));
}

void Section::error(std::string_view key, std::string message) const {
    findings_.error(at(key), path(key), std::move(message));
}

void Section::warn(std::string_view key, std::string message) const {
    findings_.warn(at(key), path(key), std::move(message));
}

void Section::expected(std::string_view key, const Node& found, std::string_view what) const {
    findings_.error(found.at, path(key),
                    "expected " + std::string(what) + ", found " + describe(found, key));
}

/// Of the value where there is one, else of the section.
Position Section::at(std::string_view key) const {
    if (node_ == nullptr) return {};
    const Node* value = node_->find(key);
    return value != nullptr ? value->at : node_->at;
}

}  // namespace tollweir
