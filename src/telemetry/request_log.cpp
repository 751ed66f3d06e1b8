#include "tollweir/telemetry/request_log.hpp"

#include <algorithm>
#include <array>

#include "tollweir/core/json.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/text_pen.hpp"
#include "tollweir/telemetry/log_output.hpp"

namespace tollweir {

namespace {

constexpr std::size_t kBlock = 32 * 1024;

// What may not stand in a value without quotes.
constexpr auto kSeparators = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 0; c <= ' '; ++c) table[c] = true;
    table['"'] = table['='] = table[0x7f] = true;
    return table;
}();

void write_milliseconds(TextPen& pen, std::chrono::microseconds time) {
    pen.thousandths(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)));
    pen.text("ms");
}

/// A value of our own making: an id, a name from a fixed list.
void write_own(TextPen& pen, std::string_view label, std::string_view value) {
    if (!value.empty()) pen.text(label).text(value);
}

/// A client's text must not look like another field or line: then it stands as a JSON string.
void write_pair(TextPen& pen, std::string_view label, std::string_view value) {
    if (value.empty()) return;
    pen.text(label);
    bool separated = false;  // without a branch a character
    for (const char c : value) separated |= kSeparators[static_cast<unsigned char>(c)];
    if (!separated) {
        pen.text(value);
        return;
    }
    std::string quoted;
    append_json_string(quoted, value);
    pen.text(quoted);
}

/// What a line takes at most.
std::size_t longest_line(const RequestRecord& record) {
    constexpr std::size_t kLabelsAndNumbers = 512;
    // A byte that is no character becomes U+FFFD, an unprintable one `\u001f`.
    constexpr std::size_t kMostOfAByte = 6;
    return kLabelsAndNumbers + record.method.size() + record.route.size() + record.provider.size() +
           record.error_class.size() +
           kMostOfAByte *
               (record.group.size() + record.deployment_id.size() + record.upstream_model.size() +
                record.error.size() + record.call_id.size());
}

/// Ours or an upstream's failure; a client's own mistake is no warning to the operator.
bool is_warning(const RequestRecord& record) {
    return record.failed && (record.status >= 500 || record.status == 200);
}

}  // namespace

void RequestRecord::clear() {
    method.clear();
    route = provider = error_class = {};
    status = 0;
    call_id.clear();
    group.clear();
    deployment_id.clear();
    upstream_model.clear();
    error.clear();
    stream = failed = false;
    usage = {};
    total = {};
    first_token.reset();
    upstream.reset();
}

void RequestLog::append(const RequestRecord& record) {
    if (!log_wanted(is_warning(record) ? LogLevel::warning : LogLevel::info)) return;
    if (log_is_json())
        append_json(record);
    else
        append_text(record);
    if (block_.size() >= kBlock) flush();
}

void RequestLog::append_text(const RequestRecord& record) {
    append_log_time(block_);
    append_with_pen(block_, longest_line(record), [&](TextPen& pen) {
        pen.text(is_warning(record) ? " warning " : " info ");
        pen.text(record.method).text(" ").text(record.route).text(" ");
        pen.number(record.status).letter(' ');
        write_milliseconds(pen, record.total);
        write_pair(pen, " group=", record.group);
        write_pair(pen, " deployment=", record.deployment_id);
        write_own(pen, " provider=", record.provider);
        write_pair(pen, " model=", record.upstream_model);
        if (record.upstream) write_milliseconds(pen.text(" upstream="), *record.upstream);
        if (record.first_token) write_milliseconds(pen.text(" ttft="), *record.first_token);
        if (record.usage.reported)
            pen.text(" tokens=")
                .number(record.usage.prompt_tokens)
                .letter('+')
                .number(record.usage.completion_tokens);
        if (record.stream) pen.text(" stream");
        write_own(pen, " error=", record.error_class);
        write_pair(pen, " reason=", record.error);
        write_pair(pen, " call_id=", record.call_id);
        pen.letter('\n');
    });
}

void RequestLog::append_json(const RequestRecord& record) {
    JsonWriter json(block_);
    const auto text = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) json.key(name).string(value);
    };
    const auto milliseconds = [&](std::string_view name, std::chrono::microseconds value) {
        json.key(name).number(static_cast<double>(value.count()) / 1000.0);
    };
    std::string time;
    append_log_time(time);
    json.begin_object().key("message").string("request");
    text("level", is_warning(record) ? "warning" : "info");
    text("timestamp", time);
    text("method", record.method);
    text("route", record.route);
    json.key("status").number(record.status);
    milliseconds("duration_ms", record.total);
    text("model_group", record.group);
    text("deployment", record.deployment_id);
    text("provider", record.provider);
    text("model", record.upstream_model);
    if (record.upstream) milliseconds("upstream_ms", *record.upstream);
    if (record.first_token) milliseconds("ttft_ms", *record.first_token);
    if (record.usage.reported) {
        json.key("prompt_tokens").number(record.usage.prompt_tokens);
        json.key("completion_tokens").number(record.usage.completion_tokens);
    }
    json.key("stream").boolean(record.stream);
    text("error_class", record.error_class);
    text("error", record.error);
    text("call_id", record.call_id);
    json.end_object();
    block_ += '\n';
}

void RequestLog::flush() {
    if (block_.empty()) return;
    write_log_block(block_);
    block_.clear();
}

}  // namespace tollweir
