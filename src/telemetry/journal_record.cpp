#include "telemetry/journal_record.hpp"

#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "tollweir/core/short_copy.hpp"

namespace tollweir {

namespace {

/// Every field and its number. Numbers are never used for another meaning, and rise.
template <class Row, class Visit>
void visit_fields(Row& row, Visit&& visit) {
    visit(1, row.record_id);
    visit(2, row.response_id);
    visit(3, row.call_id);
    visit(4, row.call_type);
    visit(5, row.endpoint);
    visit(6, row.key_hash);
    visit(7, row.key_alias);
    visit(8, row.user_id);
    visit(9, row.team_id);
    visit(10, row.team_alias);
    visit(11, row.organization_id);
    visit(12, row.project_id);
    visit(13, row.project_alias);
    visit(14, row.end_user);
    visit(15, row.agent_id);
    visit(16, row.tags);
    visit(17, row.cost);
    visit(18, row.breakdown.input);
    visit(19, row.breakdown.output);
    visit(20, row.breakdown.tools);
    visit(21, row.breakdown.discount);
    visit(22, row.breakdown.margin);
    visit(23, row.usage.prompt_tokens);
    visit(24, row.usage.completion_tokens);
    visit(25, row.usage.total_tokens);
    visit(26, row.usage.cached_tokens);
    visit(27, row.usage.cache_write_tokens);
    visit(28, row.usage.reasoning_tokens);
    visit(29, row.usage.audio_prompt_tokens);
    visit(30, row.usage.audio_completion_tokens);
    visit(31, row.usage.reported);
    visit(33, row.start);
    visit(34, row.end);
    visit(35, row.first_token);
    visit(36, row.model);
    visit(37, row.model_id);
    visit(38, row.model_group);
    visit(39, row.provider);
    visit(40, row.api_base);
    visit(41, row.cache_hit);
    visit(42, row.cache_key);
    visit(43, row.requester_ip);
    visit(44, row.session_id);
    visit(45, row.mcp_tool);
    visit(46, row.status);
    visit(47, row.error.code);
    visit(48, row.error.class_name);
    visit(49, row.error.message);
    visit(50, row.error.provider);
    visit(51, row.estimated);
    visit(52, row.interrupted);
    visit(53, row.request_json);
    visit(54, row.response_json);
    visit(55, row.client_metadata_json);
    visit(56, row.guardrails_json);
    visit(57, row.extra_usage_json);
    visit(58, row.applied_guardrails);
    visit(59, row.batch_models);
    visit(60, row.overhead_us);
    visit(61, row.retries);
    visit(62, row.max_retries);
    visit(63, row.usage.cache_write_1h_tokens);
    visit(64, row.usage.cached_audio_tokens);
    visit(65, row.usage.image_prompt_tokens);
    visit(66, row.usage.video_prompt_tokens);
    visit(67, row.usage.image_completion_tokens);
    visit(68, row.usage.citation_tokens);
    visit(69, row.usage.web_searches);
    visit(70, row.scopes);  // 32 was theirs in another form
}

// A field begins with its number and whether a length and bytes follow, or one number.
constexpr std::uint8_t kNumber = 0;
constexpr std::uint8_t kBytes = 1;
constexpr std::size_t kMaxVarint = 10;

constexpr std::uint8_t tag_of(int field, std::uint8_t form) {
    return static_cast<std::uint8_t>(field << 1 | form);
}

/// Small magnitudes of either sign become small numbers.
std::uint64_t fold_sign(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unfold_sign(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

std::int64_t microseconds(WallTime time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

WallTime from_microseconds(std::int64_t count) {
    // What no clock shows is held at the ends instead of overflowing.
    constexpr std::int64_t kMost =
        std::chrono::duration_cast<std::chrono::microseconds>(WallTime::max().time_since_epoch())
            .count();
    count = count > kMost ? kMost : count < -kMost ? -kMost : count;
    return WallTime(std::chrono::microseconds(count));
}

std::string_view bytes_of(const RecordId& id) {
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

std::size_t bound(const BookedScope& scope) {
    return scope.scope.size() + 4 * kMaxVarint;
}

/// An upper bound of what the fields take.
struct SizeBound {
    void operator()(int, std::string_view text) { bytes += text.size() + 1 + kMaxVarint; }
    void operator()(int, const RecordId&) { bytes += 2 + 16; }
    void operator()(int, const std::vector<std::string_view>& texts) {
        for (const auto text : texts) bytes += text.size() + 1 + kMaxVarint;
    }
    void operator()(int, const std::vector<BookedScope>& scopes) {
        for (const auto& scope : scopes) bytes += bound(scope) + 1 + kMaxVarint;
    }
    template <class Number>
    void operator()(int, const Number&) {
        bytes += 1 + kMaxVarint;
    }
    std::size_t bytes = 0;
};

/// Writes into room that SizeBound has measured.
struct FieldWriter {
    void varint(std::uint64_t value) {
        while (value >= 0x80) {
            *at++ = static_cast<char>(value | 0x80);
            value >>= 7;
        }
        *at++ = static_cast<char>(value);
    }
    void bytes(std::string_view text) {
        varint(text.size());
        copy_short(at, text.data(), text.size());
        at += text.size();
    }
    void number(int field, std::uint64_t value) {
        if (value == 0) return;
        *at++ = static_cast<char>(tag_of(field, kNumber));
        varint(value);
    }
    void text(int field, std::string_view value) {
        *at++ = static_cast<char>(tag_of(field, kBytes));
        bytes(value);
    }

    void operator()(int field, std::string_view value) {
        if (!value.empty()) text(field, value);
    }
    void operator()(int field, const RecordId& id) { text(field, bytes_of(id)); }
    void operator()(int field, bool value) { number(field, value ? 1 : 0); }
    void operator()(int field, std::uint64_t value) { number(field, value); }
    void operator()(int field, std::int64_t value) { number(field, fold_sign(value)); }
    void operator()(int field, SpendStatus value) {
        number(field, static_cast<std::uint64_t>(value));
    }
    void operator()(int field, WallTime time) { number(field, fold_sign(microseconds(time))); }
    void operator()(int field, const std::optional<WallTime>& time) {
        if (time) number(field, fold_sign(microseconds(*time)) + 1);
    }
    // Optional numbers are one more than they are: 0 would be absent.
    void operator()(int field, const std::optional<std::uint64_t>& value) {
        constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
        if (value) number(field, *value == kMost ? kMost : *value + 1);
    }
    void operator()(int field, const std::vector<std::string_view>& texts) {
        for (const auto value : texts) text(field, value);
    }
    void operator()(int field, const std::vector<BookedScope>& scopes) {
        for (const auto& scope : scopes) {
            *at++ = static_cast<char>(tag_of(field, kBytes));
            // The length is known at the end: four bytes are left for it.
            char* const length_at = at;
            at += 4;
            bytes(scope.scope);
            varint(fold_sign(scope.period));
            varint(fold_sign(scope.cost));
            const auto length = static_cast<std::size_t>(at - length_at - 4);
            for (int i = 0; i < 3; ++i) length_at[i] = static_cast<char>(length >> 7 * i | 0x80);
            length_at[3] = static_cast<char>(length >> 21 & 0x7f);
        }
    }

    char* at;
};

/// Reads numbers and bytes off the front; once something does not fit, everything fails.
class Cursor {
public:
    explicit Cursor(std::string_view rest) : rest_(rest) {}

    bool ok() const { return ok_; }
    bool at_end() const { return !ok_ || rest_.empty(); }

    std::uint8_t byte() {
        if (rest_.empty()) return fail();
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            const auto next = byte();
            if (!ok_ || (shift == 63 && next > 1)) return fail();
            value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
        return fail();
    }
    std::string_view bytes() {
        const auto size = varint();
        if (!ok_ || size > rest_.size()) {
            fail();
            return {};
        }
        const auto value = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return value;
    }

    std::uint8_t fail() {
        ok_ = false;
        return 0;
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

/// Goes along the known fields and the written ones at once; both rise.
class FieldReader {
public:
    explicit FieldReader(Cursor cursor) : in_(cursor) { next(); }

    template <class Value>
    void operator()(int field, Value& value) {
        while (in_.ok() && here_ && field_ < field) skip();
        while (in_.ok() && here_ && field_ == field) {
            take(value);
            next();
        }
    }

    bool finish() {
        while (in_.ok() && here_) skip();
        return in_.ok();
    }

private:
    void next() {
        here_ = !in_.at_end();
        if (!here_) return;
        const auto tag = in_.byte();
        field_ = tag >> 1;
        form_ = tag & 1;
    }
    void skip() {
        form_ == kBytes ? static_cast<void>(in_.bytes()) : static_cast<void>(in_.varint());
        next();
    }
    std::string_view text() {
        if (form_ == kBytes) return in_.bytes();
        in_.fail();
        return {};
    }
    std::uint64_t number() { return form_ == kNumber ? in_.varint() : in_.fail(); }

    void take(std::string_view& value) { value = text(); }
    void take(RecordId& id) {
        const auto value = text();
        if (value.size() == id.bytes.size()) std::memcpy(id.bytes.data(), value.data(), 16);
    }
    void take(bool& value) { value = number() != 0; }
    void take(std::uint64_t& value) { value = number(); }
    void take(std::int64_t& value) { value = unfold_sign(number()); }
    void take(SpendStatus& value) {
        value = number() == 0 ? SpendStatus::success : SpendStatus::failure;
    }
    void take(WallTime& time) { time = from_microseconds(unfold_sign(number())); }
    std::uint64_t one_less() {
        const auto raw = number();
        return raw == 0 ? 0 : raw - 1;
    }
    void take(std::optional<WallTime>& time) { time = from_microseconds(unfold_sign(one_less())); }
    void take(std::optional<std::uint64_t>& value) { value = one_less(); }
    void take(std::vector<std::string_view>& texts) { texts.push_back(text()); }
    void take(std::vector<BookedScope>& scopes) {
        Cursor inner(text());
        BookedScope scope;
        scope.scope = inner.bytes();
        scope.period = unfold_sign(inner.varint());
        scope.cost = unfold_sign(inner.varint());
        inner.ok() ? scopes.push_back(scope) : static_cast<void>(in_.fail());
    }

    Cursor in_;
    int field_ = 0;
    std::uint8_t form_ = kNumber;
    bool here_ = false;
};

}  // namespace

void append_journal_record(JournalRecordKind kind, const SpendRow& row, std::string& out) {
    SizeBound size;
    visit_fields(row, size);
    const auto before = out.size();
    out.resize_and_overwrite(before + 1 + size.bytes, [&](char* data, std::size_t) {
        data[before] = static_cast<char>(kind);
        FieldWriter writer{data + before + 1};
        visit_fields(row, writer);
        return static_cast<std::size_t>(writer.at - data);
    });
}

bool read_journal_record(std::string_view payload, JournalRecordKind& kind, SpendRow& row) {
    row.clear();
    Cursor cursor(payload);
    const auto first = cursor.byte();
    if (first != static_cast<std::uint8_t>(JournalRecordKind::open) &&
        first != static_cast<std::uint8_t>(JournalRecordKind::close))
        return false;
    kind = static_cast<JournalRecordKind>(first);
    FieldReader reader(cursor);
    visit_fields(row, reader);
    return reader.finish() && !row.record_id.is_null();
}

bool is_open_record(std::string_view payload) {
    return !payload.empty() && payload.front() == static_cast<char>(JournalRecordKind::open);
}

RecordId journal_record_id(std::string_view payload) {
    // The id is the first field, always.
    RecordId id;
    if (payload.size() >= 19 && payload[1] == static_cast<char>(tag_of(1, kBytes)) &&
        payload[2] == 16)
        std::memcpy(id.bytes.data(), payload.data() + 3, 16);
    return id;
}

}  // namespace tollweir
