#include "tollweir/telemetry/request_log.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "tollweir/core/json.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/telemetry/log_output.hpp"

namespace tollweir {

namespace {

constexpr std::size_t kBlock = 32 * 1024;

void append_number(std::string& out, std::uint64_t value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

/// `12.345` milliseconds.
void append_milliseconds(std::string& out, std::chrono::microseconds time) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
    append_number(out, value / 1000);
    const auto fraction = value % 1000;
    out += '.';
    out += static_cast<char>('0' + fraction / 100);
    out += static_cast<char>('0' + fraction / 10 % 10);
    out += static_cast<char>('0' + fraction % 10);
}

// What may not stand in a value without quotes.
constexpr auto kSeparators = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 0; c <= ' '; ++c) table[c] = true;
    table['"'] = table['='] = table[0x7f] = true;
    return table;
}();

/// A value of our own making: an id, a name from a fixed list.
void append_own(std::string& out, std::string_view label, std::string_view value) {
    if (!value.empty()) out.append(label).append(value);
}

void append_pair(std::string& out, std::string_view label, std::string_view value) {
    if (value.empty()) return;
    out.append(label);
    // A client's text must not look like another field or line.
    bool separated = false;  // without a branch a character
    for (const char c : value) separated |= kSeparators[static_cast<unsigned char>(c)];
    if (!separated)
        out += value;
    else
        append_json_string(out, value);
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
    block_.append(is_warning(record) ? " warning " : " info ");
    block_.append(record.method).append(" ").append(record.route).append(" ");
    append_number(block_, static_cast<std::uint64_t>(record.status));
    block_ += ' ';
    append_milliseconds(block_, record.total);
    block_ += "ms";
    append_pair(block_, " group=", record.group);
    append_pair(block_, " deployment=", record.deployment_id);
    append_own(block_, " provider=", record.provider);
    append_pair(block_, " model=", record.upstream_model);
    if (record.upstream) {
        block_ += " upstream=";
        append_milliseconds(block_, *record.upstream);
        block_ += "ms";
    }
    if (record.first_token) {
        block_ += " ttft=";
        append_milliseconds(block_, *record.first_token);
        block_ += "ms";
    }
    if (record.usage.reported) {
        block_ += " tokens=";
        append_number(block_, record.usage.prompt_tokens);
        block_ += '+';
        append_number(block_, record.usage.completion_tokens);
    }
    if (record.stream) block_ += " stream";
    append_own(block_, " error=", record.error_class);
    append_pair(block_, " reason=", record.error);
    append_pair(block_, " call_id=", record.call_id);
    block_ += '\n';
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
