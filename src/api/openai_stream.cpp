#include "api/openai_stream.hpp"

#include <algorithm>
#include <cstring>

#include "api/continued_stream.hpp"
#include "api/openai_error.hpp"
#include "api/usage_cost.hpp"
#include "tollweir/api/answer_recorder.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kClosingFrame = "data: [DONE]\n\n";
// Those that begin a stream without a word of the model's: filter results, a role, an empty text.
constexpr int kMaxQuietEvents = 4;
constexpr std::string_view kBlanks = " \t\r\n";

std::string json_string(std::string_view text) {
    std::string literal;
    append_json_string(literal, text);
    return literal;
}

const char* end_of(std::string_view text) {
    return text.data() + text.size();
}

std::string_view trim_left(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

bool is_empty_array(const JsonMember* member) {
    if (member == nullptr || member->type != JsonType::array) return false;
    return trim_left(member->value.substr(1)).size() == 1;
}

bool is_object(const JsonMember* member) {
    return member != nullptr && member->type == JsonType::object;
}

/// Whether some `finish_reason` in this JSON text is a string that is not empty. The key is
/// searched by its underscore, the rarest of its letters; inside a string its quotes would be
/// escaped.
bool names_finish_reason(std::string_view choices) {
    constexpr std::string_view kKey = "\"finish_reason\"";
    constexpr std::size_t kUnderscore = kKey.find('_');
    for (std::size_t at = choices.find('_'); at != std::string_view::npos;
         at = choices.find('_', at + 1)) {
        if (at < kUnderscore || choices.substr(at - kUnderscore, kKey.size()) != kKey) continue;
        std::string_view rest = trim_left(choices.substr(at - kUnderscore + kKey.size()));
        if (!rest.starts_with(':')) continue;
        rest = trim_left(rest.substr(1));
        if (rest.starts_with('"') && !rest.starts_with("\"\"")) return true;
    }
    return false;
}

std::unexpected<GatewayError> not_an_event() {
    return fail(ErrorKind::bad_gateway, "The upstream sent a stream event that is no JSON object.",
                ErrorSource::upstream);
}

std::unexpected<GatewayError> cut_short() {
    return fail(ErrorKind::api_connection,
                "The upstream closed the stream before the answer was complete.",
                ErrorSource::upstream);
}

}  // namespace

/// The members of an event that some rule asks about.
struct OpenAiEventEditor::Chunk {
    const JsonMember* model = nullptr;
    const JsonMember* choices = nullptr;
    const JsonMember* usage = nullptr;
    const JsonMember* error = nullptr;
    const JsonMember* object = nullptr;
    const JsonMember* x_groq = nullptr;

    explicit Chunk(const ObjectView& event) {
        for (const JsonMember& member : event.members()) {
            const std::string_view key = member.key;
            if (key == "model") model = &member;
            if (key == "choices") choices = &member;
            if (key == "usage") usage = &member;
            if (key == "error") error = &member;
            if (key == "object") object = &member;
            if (key == "x_groq") x_groq = &member;
        }
    }

    bool may_be_error() const {
        return (error != nullptr && error->type != JsonType::null) ||
               (object != nullptr && object->value == "\"error\"");
    }
    bool is_usage_only() const { return is_object(usage) && is_empty_array(choices); }
};

OpenAiEventEditor::OpenAiEventEditor(const StreamEdits& edits)
    : model_json_(json_string(edits.model)),
      hide_usage_(edits.hide_usage),
      usage_apart_(edits.usage_apart && !edits.hide_usage),
      tidier_(edits.tidier),
      cost_(edits.cost),
      recorder_(edits.recorder),
      before_(edits.before),
      keeps_errors_(edits.keeps_errors) {}

Result<std::size_t> OpenAiEventEditor::feed(std::string_view region, Pieces& out) {
    if (auto taken = take_items(region, out); !taken) return std::unexpected(taken.error());
    if (ignores_rest()) return region.size();
    const std::size_t consumed = reader_.consumed();
    reader_.drop();
    return consumed;
}

Result<void> OpenAiEventEditor::finish(std::string_view region, Pieces& out) {
    if (auto taken = take_items(region, out); !taken) return taken;
    if (ignores_rest()) return {};
    const SseReader::Item rest = reader_.finish(region);
    if (rest.kind == SseReader::Kind::event) {
        // Torn in its middle it is no JSON; that loses nothing once the answer was complete.
        const bool whole = take_event(rest, out).has_value();
        if (!whole && !finish_reason_seen_) return cut_short();
    }
    if (ignores_rest()) return {};
    if (!finish_reason_seen_) return cut_short();
    close(out);
    return {};
}

void OpenAiEventEditor::write_error(const GatewayError& error, std::string& out) const {
    out += "data: ";
    write_openai_error(error, out);
    out += "\n\n";
    out += kClosingFrame;
}

Result<void> OpenAiEventEditor::take_items(std::string_view region, Pieces& out) {
    held_.clear();
    relayed_end_ = nullptr;
    while (!ignores_rest()) {
        const SseReader::Item item = reader_.next(region);
        if (item.kind == SseReader::Kind::more) break;
        if (item.kind == SseReader::Kind::comment) {
            take_comment(region, item, out);
        } else if (auto taken = take_event(item, out); !taken) {
            return taken;
        }
    }
    return {};
}

// No blank line behind it: after an `id:` that makes OpenAI's Python SDK see an empty event and
// throw (spec/providers-openai-family.md 1.8).
void OpenAiEventEditor::take_comment(std::string_view region, const SseReader::Item& item,
                                     Pieces& out) {
    const char* const end = end_of(item.raw);
    const bool ends_with_lf = end != end_of(region) && *end == '\n';
    add_relayed(item.raw.data(), end + (ends_with_lf ? 1 : 0), out);
    if (!ends_with_lf) add_own("\n", out);
}

Result<void> OpenAiEventEditor::take_event(const SseReader::Item& item, Pieces& out) {
    if (trim_left(item.data).starts_with("[DONE]")) {
        close(out);
        return {};
    }
    const bool several_lines = !item.canonical && item.data.find('\n') != std::string_view::npos;
    std::string_view data = item.data;
    if (several_lines) {
        auto& joined = hold(item.data);
        if (!event_.scan(joined)) return not_an_event();
        // JSON allows line ends only between its tokens, so that blanks may take their place.
        std::ranges::replace(joined, '\n', ' ');
        data = joined;
    }
    bool is_own = !item.canonical;
    if (tidier_ != nullptr && !tidy(data, is_own)) return {};
    if (before_) {
        data = hold(continued_chunk(data, *before_));
        is_own = true;
    }
    if (!event_.scan(data)) return not_an_event();

    const Chunk chunk(event_);
    if (chunk.may_be_error()) {
        if (auto error = read_openai_stream_error(event_)) {
            take_error(std::move(*error), out);
            return {};
        }
    }
    take_notes(chunk);
    if (recorder_ != nullptr) recorder_->add_chunk(data);
    if (hide_usage_ && chunk.is_usage_only()) return {};
    const bool is_apart = usage_apart_ && is_object(chunk.usage) && !is_empty_array(chunk.choices);
    if (is_apart) set_usage_apart(chunk);
    if (chunk.is_usage_only()) usage_chunk_.clear();
    const bool cuts_usage = (hide_usage_ || is_apart) && chunk.usage != nullptr;
    const auto text = is_own ? data : item.raw;
    const std::string_view frame = is_own ? "data: " : "";
    append_edited(frame, text, is_own ? "\n\n" : "", chunk, cuts_usage, out);
    has_event_ = true;
    if (!has_content_) has_content_ = says_something(chunk) || ++quiet_events_ >= kMaxQuietEvents;
    return {};
}

// A copy that the scanner may read past the end of.
std::string& OpenAiEventEditor::hold(std::string_view text) {
    std::string& kept = held_.emplace_back();
    kept.reserve(text.size() + kJsonPadding);
    kept = text;
    return kept;
}

// False: the event goes no further.
bool OpenAiEventEditor::tidy(std::string_view& data, bool& is_own) {
    switch (tidier_->tidy_chunk(data, tidied_)) {
        case AnswerTidier::Chunk::as_it_is:
            return true;
        case AnswerTidier::Chunk::dropped:
            return false;
        case AnswerTidier::Chunk::changed:
            data = hold(tidied_);
            is_own = true;
            return true;
    }
    return true;
}

// The last usage counts: some upstreams send what they have counted so far with every chunk.
void OpenAiEventEditor::set_usage_apart(const Chunk& chunk) {
    usage_chunk_ = "{";
    for (const std::string_view key : {"id", "object", "created", "system_fingerprint"}) {
        const JsonMember* const member = event_.find(key);
        if (member != nullptr) usage_chunk_.append(member->whole).append(1, ',');
    }
    usage_chunk_.append("\"model\":").append(model_json_);
    usage_chunk_.append(",\"choices\":[],");
    const auto* shown = shown_usage(chunk);
    if (shown == nullptr) {
        usage_chunk_.append(chunk.usage->whole);
    } else {
        usage_chunk_.append("\"usage\":").append(*shown);
    }
}

/// The usage with that of the stream's earlier part and with what it cost; null: as it came.
std::string* OpenAiEventEditor::shown_usage(const Chunk& chunk) {
    if ((!cost_ && !before_) || !is_object(chunk.usage)) return nullptr;
    std::string* shown = nullptr;
    std::string_view json = chunk.usage->value;
    if (before_) json = *(shown = &hold(summed_usage(json, before_->usage)));
    if (!cost_) return shown;
    std::string& made = hold("");
    return add_usage_cost(json, usage_, cost_, made) ? &made : shown;
}

void OpenAiEventEditor::take_error(GatewayError error, Pieces& out) {
    upstream_error_ = std::move(error);
    if (!has_content_ || keeps_errors_) return;
    std::string& text = held_.emplace_back();
    write_error(*upstream_error_, text);
    add_own(text, out);
    done_ = true;
}

void OpenAiEventEditor::take_notes(const Chunk& chunk) {
    const JsonMember* const model = chunk.model;
    if (upstream_model_.empty() && model != nullptr && model->type == JsonType::string) {
        upstream_model_ = decode_json_string(model->value).value_or("");
    }
    if (!id_seen_) {
        id_seen_ = true;
        if (const JsonMember* const id = event_.find("id");
            id != nullptr && id->type == JsonType::string)
            response_id_ = decode_json_string(id->value).value_or("");
    }
    if (chunk.choices != nullptr) {
        const auto choices = chunk.choices->value;
        const bool is_alike = !usage_.reported && tally_.add_choices(choices);
        // One like it was looked through before.
        if (!finish_reason_seen_ && !is_alike) finish_reason_seen_ = names_finish_reason(choices);
    }
    if (is_object(chunk.usage)) {
        if (const auto usage = read_openai_usage(chunk.usage->value)) usage_ = *usage;
    } else if (is_object(chunk.x_groq)) {
        ObjectView extension;
        if (!extension.scan(chunk.x_groq->value)) return;
        const JsonMember* const member = extension.find("usage");
        if (!is_object(member)) return;
        if (const auto usage = read_openai_usage(member->value)) usage_ = *usage;
    }
}

// Anything but a role, an empty text or nothing at all.
bool OpenAiEventEditor::says_something(const Chunk& chunk) const {
    constexpr std::string_view kOthers[] = {"\"tool_calls\"", "\"function_call\"", "\"audio\"",
                                            "\"refusal\":\""};
    if (!tally_.empty() || finish_reason_seen_ || is_object(chunk.usage)) return true;
    return chunk.choices != nullptr &&
           std::ranges::any_of(kOthers, [&chunk](std::string_view name) {
               return chunk.choices->value.contains(name);
           });
}

void OpenAiEventEditor::close(Pieces& out) {
    if (!usage_chunk_.empty()) {
        usage_chunk_ += '}';
        add_own("data: ", out);
        add_own(usage_chunk_, out);
        add_own("\n\n", out);
    }
    add_own(kClosingFrame, out);
    has_event_ = has_content_ = true;
    done_ = true;
}

void OpenAiEventEditor::append_edited(std::string_view before, std::string_view text,
                                      std::string_view after, const Chunk& chunk, bool cuts_usage,
                                      Pieces& out) {
    struct Cut {
        const char* begin;
        const char* end;
        std::string_view text;
    };
    Cut cuts[2];
    std::size_t count = 0;
    if (chunk.model != nullptr) {
        cuts[count++] = {chunk.model->value.data(), end_of(chunk.model->value), model_json_};
    }
    if (const auto* shown = cuts_usage ? nullptr : shown_usage(chunk)) {
        cuts[count++] = {chunk.usage->value.data(), end_of(chunk.usage->value), *shown};
    }
    if (cuts_usage) {
        const auto members = event_.members();
        const auto index = static_cast<std::size_t>(chunk.usage - members.data());
        Cut cut{chunk.usage->whole.data(), end_of(chunk.usage->whole), {}};
        if (index > 0) {
            cut.begin = end_of(members[index - 1].whole);
        } else if (members.size() > 1) {
            cut.end = members[1].whole.data();
        }
        cuts[count++] = cut;
    }
    if (count == 2 && cuts[1].begin < cuts[0].begin) std::swap(cuts[0], cuts[1]);

    const char* at = text.data();
    add_own(before, out);
    for (std::size_t i = 0; i < count; ++i) {
        add_relayed(at, cuts[i].begin, out);
        add_own(cuts[i].text, out);
        at = cuts[i].end;
    }
    add_relayed(at, end_of(text), out);
    add_own(after, out);
}

// Neighbours become one piece, so that a write of several events takes fewer.
void OpenAiEventEditor::add_relayed(const char* begin, const char* end, Pieces& out) {
    if (begin == end) return;
    if (begin == relayed_end_) {
        out.back() = {out.back().data(), static_cast<std::size_t>(end - out.back().data())};
    } else {
        out.emplace_back(begin, static_cast<std::size_t>(end - begin));
    }
    relayed_end_ = end;
}

void OpenAiEventEditor::add_own(std::string_view text, Pieces& out) {
    if (text.empty()) return;
    out.push_back(text);
    relayed_end_ = nullptr;
}

}  // namespace tollweir
