#include "tollweir/gateway/call_notes.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {

namespace {

// What one row may carry; more is cut off, since whoever calls could fill the store with it.
constexpr std::size_t kMaxTags = 64;
constexpr std::size_t kMaxTagBytes = 256;
constexpr std::size_t kMaxTraceBytes = 256;
constexpr std::size_t kMaxMetadataBytes = 16 * 1024;

bool is_text(std::string_view value) {
    bool has_control = false;  // without a branch a byte
    for (const char c : value) has_control |= static_cast<unsigned char>(c) < 0x20;
    return !has_control;
}

/// A tag is `label` and `text`, which are put together only where it is kept.
void add_tag(std::vector<std::string>& tags, std::string_view label, std::string_view text) {
    const auto size = label.size() + text.size();
    if (size == 0 || size > kMaxTagBytes || tags.size() >= kMaxTags || !is_text(text)) return;
    const auto is_the_same = [&](std::string_view tag) {
        return tag.size() == size && tag.starts_with(label) && tag.ends_with(text);
    };
    if (std::ranges::any_of(tags, is_the_same)) return;
    auto& tag = tags.emplace_back();
    tag.reserve(size);
    tag.append(label).append(text);
}

void add_tag(std::vector<std::string>& tags, std::string_view tag) {
    while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
    while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
    add_tag(tags, {}, tag);
}

void add_list(std::vector<std::string>& tags, std::string_view list) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        add_tag(tags, list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

/// `User-Agent: curl` and `User-Agent: curl/8.5`, as LiteLLM tags them.
void add_user_agent(std::vector<std::string>& tags, std::string_view agent) {
    if (agent.empty()) return;
    constexpr std::string_view kLabel = "User-Agent: ";
    const auto program = agent.substr(0, agent.find('/'));
    add_tag(tags, kLabel, program);
    if (program.size() != agent.size()) add_tag(tags, kLabel, agent);
}

/// What notes are taken of, found in one pass: a look-up each would cost more than all the rest.
struct HeadNotes {
    std::optional<std::string_view> tags;
    std::optional<std::string_view> agent;
    std::optional<std::string_view> metadata;
    std::optional<std::string_view> trace;
    std::optional<std::string_view> session;
};

HeadNotes read_head(const net::RequestHead& head) {
    HeadNotes notes;
    const auto take = [](std::optional<std::string_view>& into, std::string_view name,
                         const net::HeaderField& field) {
        if (!into && net::same_name(field.name, name)) into = field.value;
    };
    for (const auto& field : head.fields) {
        switch (field.name.front() | 0x20) {
            case 'u':
                take(notes.agent, "user-agent", field);
                break;
            case 'x':
                take(notes.tags, "x-litellm-tags", field);
                take(notes.metadata, "x-litellm-spend-logs-metadata", field);
                take(notes.trace, "x-litellm-trace-id", field);
                take(notes.session, "x-litellm-session-id", field);
                break;
            default:
                break;
        }
    }
    return notes;
}

std::string text_of(std::string_view json) {
    return decode_json_string(json).value_or(std::string());
}

struct BodyNotes {
    bool has_tags = false;
    std::string trace;
    std::string session;
};

void take_metadata(std::string_view json, CallNotes& notes, BodyNotes& body) {
    const auto members = json_members(json);
    if (!members) return;
    if (const auto tags = find_part(*members, "tags"); tags.starts_with('[')) {
        body.has_tags = true;
        for (const auto& tag : json_texts(tags)) add_tag(notes.tags, tag);
    }
    const auto own = find_part(*members, "spend_logs_metadata");
    if (own.starts_with('{') && own.size() <= kMaxMetadataBytes) notes.client_metadata = own;
    if (body.trace.empty()) body.trace = text_of(find_part(*members, "trace_id"));
    if (body.session.empty()) body.session = text_of(find_part(*members, "session_id"));
}

}  // namespace

void CallNotes::clear() {
    taken = false;
    tags.clear();
    trace.clear();
    client_metadata.clear();
}

void take_call_notes(RequestContext& context) {
    auto& notes = context.notes;
    if (std::exchange(notes.taken, true)) return;
    const auto head = read_head(context.client->head());
    const auto& spend = context.config().spend;
    BodyNotes body;
    for (const auto& member : context.view.object.members()) {
        const auto& key = member.key;
        if (key == "metadata" || key == "litellm_metadata") {
            take_metadata(member.value, notes, body);
        } else if (key == "tags") {
            body.has_tags = true;
            for (const auto& tag : json_texts(member.value)) add_tag(notes.tags, tag);
        } else if (key == "litellm_trace_id") {
            body.trace = text_of(member.value);
        } else if (key == "litellm_session_id") {
            body.session = text_of(member.value);
        }
    }
    if (!body.has_tags) add_list(notes.tags, head.tags.value_or(""));
    for (const auto& name : spend.tag_headers)
        if (const auto value = context.client->head().find(name))
            add_tag(notes.tags, name + ": " + std::string(*value));
    if (spend.tags_user_agent) add_user_agent(notes.tags, head.agent.value_or(""));
    if (context.identity.key)
        for (const auto& tag : context.identity.key->metadata.tags) add_tag(notes.tags, tag);

    if (head.metadata && head.metadata->size() <= kMaxMetadataBytes &&
        is_valid_json(*head.metadata))
        notes.client_metadata = *head.metadata;
    std::string_view trace = body.session.empty() ? std::string_view(body.trace) : body.session;
    if (head.trace) trace = *head.trace;
    if (head.session) trace = *head.session;
    if (trace.size() <= kMaxTraceBytes && is_text(trace)) notes.trace = trace;
}

}  // namespace tollweir
