#include "config/section.hpp"

#include <algorithm>
#include <cmath>

#include "config/known_keys.hpp"
#include "config/scalar.hpp"
#include "config/text_rules.hpp"
#include "tollweir/config/api_base.hpp"
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

std::vector<Section> Section::items(std::string_view key) const {
    std::vector<Section> found;
    const Node* node = list(key);
    if (node == nullptr) return found;
    const std::string table = (table_.empty() ? "" : table_ + '.') + std::string(key) + "[]";
    for (std::size_t i = 0; i < node->items.size(); ++i) {
        const Node& item = node->items[i];
        const std::string item_at = item_path(path(key), i);
        if (item.is_null()) findings_.error(item.at, item_at, "expected a mapping, found nothing");
        Section section(&item, item_at, table, findings_);
        if (section.present()) found.push_back(std::move(section));
    }
    return found;
}

std::span<const Member> Section::entries() const {
    return node_ == nullptr ? std::span<const Member>() : std::span(node_->members);
}

Section Section::entry(std::string_view key) const {
    return Section(find(key), path(key), table_ + ".*", findings_);
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

std::optional<std::size_t> Section::count(std::string_view key, std::int64_t least,
                                          std::int64_t most) const {
    const auto value = integer(key, least, most);
    return value ? std::optional(static_cast<std::size_t>(*value)) : std::nullopt;
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

Secret Section::secret(std::string_view key) const {
    const auto written = text(key);
    if (!written) return {};
    const std::string bare(trimmed(*written));
    if (bare.empty()) {
        warn(key, "is empty and counts as absent");
    } else if (bare.size() != written->size()) {
        warn(key, "the blanks around the value are left out");
    }
    if (has_control_character(bare)) {
        // Out of a variable too: a key that is quietly left out might leave a door open.
        const Node* found = find(key);
        const bool in_file = found->origin != Node::Origin::variable;
        findings_.error(found->at, in_file ? path(key) : found->source,
                        "holds a line end or control character");
        return {};
    }
    return Secret(bare);
}

std::optional<Picodollars> Section::dollars(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr) return std::nullopt;
    auto amount = parse_dollars(found->text);
    if (const auto value = as_number(*found); !amount && value && std::isfinite(*value)) {
        std::string json;  // `1_000` and `.5` are YAML's, not JSON's
        JsonWriter(json).number(*value);
        amount = parse_dollars(json);
    }
    if (found->is_scalar() && found->kind != Node::Kind::boolean && amount && *amount >= 0)
        return amount;
    expected(key, *found, "an amount in dollars, 0 or more");
    return std::nullopt;
}

std::optional<BudgetDuration> Section::period(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr) return std::nullopt;
    auto value = found->is_scalar() ? parse_budget_duration(trimmed(found->text)) : std::nullopt;
    if (!value) expected(key, *found, "a period such as 30s, 15m, 12h, 7d, 2w or 1mo");
    return value;
}

std::optional<std::int64_t> Section::limit(std::string_view key) const {
    return integer(key, 0, kMostCount);
}

std::optional<std::string> Section::url(std::string_view key) const {
    auto written = text(key);
    if (!written || written->empty()) return std::nullopt;
    const auto parsed = parse_api_base(trimmed(*written));
    if (parsed) return written;
    error(key, "not a usable URL: " + parsed.error());
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Section::pairs(std::string_view key) const {
    std::vector<std::pair<std::string, std::string>> found;
    const Section fields = section(key);
    for (const auto& entry : fields.entries())
        if (auto value = fields.text(entry.key)) found.emplace_back(entry.key, std::move(*value));
    return found;
}

std::vector<std::pair<std::string, Secret>> Section::headers(std::string_view key) const {
    std::vector<std::pair<std::string, Secret>> found;
    const Section fields = section(key);
    for (const auto& entry : fields.entries()) {
        const auto value = as_text(entry.value);
        if (entry.value.is_null()) continue;
        if (!is_header_name(entry.key)) {
            fields.error(entry.key, "not a name for an HTTP header");
        } else if (!value) {
            fields.error(entry.key, "expected text, found " + describe(entry.value, entry.key));
        } else if (has_control_character(*value)) {
            fields.error(entry.key, "holds a line end or control character");
        } else {
            found.emplace_back(entry.key, Secret(std::string(trimmed(*value))));
        }
    }
    return found;
}

std::vector<std::string> Section::texts_or_one(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr || found->kind == Node::Kind::list) return texts(key);
    if (auto one = text(key)) return {std::move(*one)};
    return {};
}

std::string Section::json(std::string_view key) const {
    const Node* found = find(key);
    return found == nullptr ? std::string() : to_json(*found);
}

std::vector<IpRange> Section::ip_ranges(std::string_view key) const {
    std::vector<IpRange> ranges;
    const Node* found = list(key);
    if (found == nullptr) return ranges;
    for (std::size_t i = 0; i < found->items.size(); ++i) {
        const Node& item = found->items[i];
        if (item.is_null()) continue;
        auto range = item.is_scalar() ? IpRange::parse(trimmed(item.text)) : std::nullopt;
        if (range) {
            ranges.push_back(std::move(*range));
        } else {
            findings_.error(item.at, item_path(path(key), i),
                            "expected an IP address or a range such as 10.0.0.0/8, found " +
                                describe(item, key));
        }
    }
    return ranges;
}

std::vector<std::string> Section::header_names(std::string_view key) const {
    std::vector<std::string> names;
    for (auto& name : texts(key)) {
        if (is_header_name(name)) {
            names.push_back(lower_case(name));
        } else {
            error(key, "not a name for an HTTP header: `" + name.substr(0, 60) + '`');
        }
    }
    return names;
}

std::optional<std::string> Section::header_name(std::string_view key) const {
    const auto name = text(key);
    if (!name) return std::nullopt;
    if (is_header_name(*name)) return lower_case(*name);
    error(key, "not a name for an HTTP header");
    return std::nullopt;
}

std::optional<std::size_t> Section::one_of(std::string_view key,
                                           std::span<const std::string_view> words) const {
    const auto word = text(key);
    if (!word) return std::nullopt;
    const auto found = std::ranges::find(words, *word);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    std::string all;
    for (const auto& each : words)
        all.append(all.empty() ? "" : &each == &words.back() ? " or " : ", ").append(each);
    expected(key, *find(key), all);
    return std::nullopt;
}

void Section::error(std::string_view key, std::string message) const {
    const Node* value = node_ == nullptr ? nullptr : node_->find(key);
    if (value != nullptr && value->origin == Node::Origin::variable) {
        findings_.warn({}, value->source, message + " in this environment variable; left out");
    } else {
        findings_.error(at(key), path(key), std::move(message));
    }
}

void Section::warn(std::string_view key, std::string message) const {
    findings_.warn(at(key), path(key), std::move(message));
}

void Section::expected(std::string_view key, const Node& found, std::string_view what) const {
    error(key, "expected " + std::string(what) + ", found " +
                   describe(found, may_show(key) ? std::string_view() : key));
}

/// Names such as `user_api_key_cache_ttl` only look like those of secrets.
bool Section::may_show(std::string_view key) const {
    const auto* known = find_known_key(table_, key);
    return known != nullptr && known->kind != KeyKind::secret && known->kind != KeyKind::any &&
           known->kind != KeyKind::map;
}

/// Of the value where there is one, else of the section.
Position Section::at(std::string_view key) const {
    if (node_ == nullptr) return {};
    const Node* value = node_->find(key);
    return value != nullptr ? value->at : node_->at;
}

}  // namespace tollweir
