#include "telemetry/journal_record.hpp"

#include <cassert>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "telemetry/journal_parts.hpp"
#include "telemetry/journal_tail.hpp"
#include "tollweir/core/short_copy.hpp"

namespace tollweir {

namespace {

/// The fields that differ from call to call, and their numbers. Numbers are never used for another
/// meaning, and rise.
template <class Row, class Visit>
void visit_own_fields(Row& row, Visit&& visit) {
    visit(1, row.record_id);
    visit(2, row.response_id);
    visit(3, row.call_id);
    visit(14, row.end_user);
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
}

/// Those that are the same for the calls of one key on one deployment: a record's shared part.
template <class Row, class Visit>
void visit_shared_fields(Row& row, Visit&& visit) {
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
    visit(15, row.agent_id);
    visit(16, row.tags);
    visit(36, row.model);
    visit(37, row.model_id);
    visit(38, row.model_group);
    visit(39, row.provider);
    visit(40, row.api_base);
    visit(70, row.scopes);  // 32 was theirs in another form
}

// Behind a record's own fields: what each scope of its shared part is charged, and that part, which
// comes last so that a reference can take its place. Records of TWSPEND1 have neither: all fields
// stand at their top level, a scope's cost within the scope.
constexpr int kScopeCosts = 71;
constexpr int kPartReference = 72;
constexpr int kPart = 73;

// A field begins with its number and whether a length and bytes follow, or one number.
constexpr std::uint8_t kNumber = 0;
constexpr std::uint8_t kBytes = 1;
constexpr std::size_t kMaxVarint = 10;

// Lengths that are known at the end only have room for four bytes before.
constexpr std::size_t kLateLength = 4;
constexpr std::size_t kPartHead = 1 + kLateLength;

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
    /// The length of what follows, which `end_late` enters.
    char* begin_late() {
        at += kLateLength;
        return at;
    }
    void end_late(char* begin) const {
        const auto length = static_cast<std::size_t>(at - begin);
        for (int i = 0; i < 3; ++i) begin[i - 4] = static_cast<char>(length >> 7 * i | 0x80);
        begin[-1] = static_cast<char>(length >> 21 & 0x7f);
    }
    void tag(int field, std::uint8_t form) { *at++ = static_cast<char>(tag_of(field, form)); }
    void number(int field, std::uint64_t value) {
        if (value == 0) return;
        tag(field, kNumber);
        varint(value);
    }
    void text(int field, std::string_view value) {
        tag(field, kBytes);
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
    /// Without their costs.
    void operator()(int field, const std::vector<BookedScope>& scopes) {
        for (const auto& scope : scopes) {
            tag(field, kBytes);
            char* const begin = begin_late();
            bytes(scope.scope);
            varint(fold_sign(scope.period));
            end_late(begin);
        }
    }
    void costs(const std::vector<BookedScope>& scopes) {
        if (scopes.empty()) return;
        tag(kScopeCosts, kBytes);
        char* const begin = begin_late();
        for (const auto& scope : scopes) varint(fold_sign(scope.cost));
        end_late(begin);
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
        if (!inner.at_end()) scope.cost = unfold_sign(inner.varint());
        inner.ok() ? scopes.push_back(scope) : static_cast<void>(in_.fail());
    }

    Cursor in_;
    int field_ = 0;
    std::uint8_t form_ = kNumber;
    bool here_ = false;
};

bool take_costs(std::string_view costs, std::vector<BookedScope>& scopes) {
    if (costs.empty()) return true;
    Cursor in(costs);
    for (auto& scope : scopes) scope.cost = unfold_sign(in.varint());
    return in.ok() && in.at_end();
}

/// Size 0: it is none.
JournalPart parse_reference(std::string_view bytes) {
    JournalPart part;
    if (bytes.size() < 4) return {};
    std::memcpy(&part.crc, bytes.data(), 4);
    Cursor in(bytes.substr(4));
    const auto size = in.varint();
    part.offset = in.varint();
    if (!in.ok() || !in.at_end() || size > kMostSharedPart) return {};
    part.size = static_cast<std::uint32_t>(size);
    return part;
}

}  // namespace

std::size_t append_journal_record(JournalRecordKind kind, const SpendRow& row, std::string& out) {
    SizeBound size;
    visit_own_fields(row, size);
    visit_shared_fields(row, size);
    const auto before = out.size();
    const auto most = 1 + size.bytes + 2 * kPartHead;  // the costs' head, and the part's
    std::size_t part = 0;
    out.resize_and_overwrite(before + most, [&](char* data, std::size_t) {
        data[before] = static_cast<char>(kind);
        FieldWriter writer{data + before + 1};
        visit_own_fields(row, writer);
        writer.costs(row.scopes);
        char* const head = writer.at;
        writer.tag(kPart, kBytes);
        char* const begin = writer.begin_late();
        visit_shared_fields(row, writer);
        writer.end_late(begin);
        if (writer.at == begin) writer.at = head;
        part = static_cast<std::size_t>((writer.at == head ? head : begin) - data);
        return static_cast<std::size_t>(writer.at - data);
    });
    return part;
}

// Checksum, size, offset.
void refer_to_part(std::string& out, std::size_t begin, const JournalPart& part) {
    assert(begin + kLeastSharedPart <= out.size());
    char* const field = out.data() + begin - kPartHead;
    FieldWriter writer{field + 2};
    std::memcpy(writer.at, &part.crc, 4);
    writer.at += 4;
    writer.varint(part.size);
    writer.varint(part.offset);
    field[0] = static_cast<char>(tag_of(kPartReference, kBytes));
    field[1] = static_cast<char>(writer.at - field - 2);
    out.resize(static_cast<std::size_t>(writer.at - out.data()));
}

bool read_journal_record(std::string_view payload, JournalRecordKind& kind, SpendRow& row,
                         JournalTail* tail) {
    row.clear();
    Cursor cursor(payload);
    const auto first = cursor.byte();
    if (first != static_cast<std::uint8_t>(JournalRecordKind::open) &&
        first != static_cast<std::uint8_t>(JournalRecordKind::close))
        return false;
    kind = static_cast<JournalRecordKind>(first);
    std::string_view costs;
    std::string_view reference;
    std::string_view part;
    FieldReader own(cursor);
    visit_own_fields(row, own);
    own(kScopeCosts, costs);
    own(kPartReference, reference);
    own(kPart, part);
    if (!own.finish() || row.record_id.is_null()) return false;
    if (!reference.empty()) {
        const auto place = parse_reference(reference);
        const auto found = place.size == 0 || tail == nullptr ? std::nullopt : tail->part(place);
        if (!found) return false;
        part = *found;
    }
    FieldReader shared(part.empty() ? cursor : Cursor(part));
    visit_shared_fields(row, shared);
    return shared.finish() && take_costs(costs, row.scopes);
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
