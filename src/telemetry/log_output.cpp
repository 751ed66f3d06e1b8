#include "tollweir/telemetry/log_output.hpp"

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <ctime>

#include "tollweir/core/json.hpp"

namespace tollweir {

namespace {

// Blocks, not lines: a block holds up to 32 KiB of request lines.
constexpr std::size_t kQueuedBlocks = 1024;

std::shared_ptr<spdlog::async_logger> output;
std::atomic<bool> json_lines{false};

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "info";
}

void write_line(LogLevel level, std::string_view text) {
    std::string line;
    if (log_is_json()) {
        JsonWriter json(line);
        json.begin_object().key("message").string(text).key("level").string(name_of(level));
        std::string time;
        append_log_time(time);
        json.key("timestamp").string(time).end_object();
    } else {
        append_log_time(line);
        line.append(" ").append(name_of(level)).append(" ").append(text);
    }
    line += '\n';
    write_log_block(line);
}

}  // namespace

bool log_is_json() {
    return json_lines.load(std::memory_order_relaxed);
}

void append_log_time(std::string& out) {
    thread_local std::time_t last_second = -1;
    thread_local char text[32];
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const auto second = static_cast<std::time_t>(milliseconds / 1000);
    if (second != last_second) {
        std::tm parts{};
        gmtime_r(&second, &parts);
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &parts);
        last_second = second;
    }
    const auto fraction = static_cast<int>(milliseconds % 1000);
    out += text;
    out += static_cast<char>('0' + fraction / 100);
    out += static_cast<char>('0' + fraction / 10 % 10);
    out += static_cast<char>('0' + fraction % 10);
    out += 'Z';
}

void write_log_block(std::string_view lines) {
    if (output) output->log(spdlog::level::info, spdlog::string_view_t(lines.data(), lines.size()));
}

void set_log_format(LogLevel least, bool json) {
    json_lines = json;
    set_log_level(least);
}

void start_logging(LogLevel least, bool json) {
    spdlog::init_thread_pool(kQueuedBlocks, 1);
    auto sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
    output =
        std::make_shared<spdlog::async_logger>("tollweir", std::move(sink), spdlog::thread_pool(),
                                               spdlog::async_overflow_policy::overrun_oldest);
    // Lines are made where they arise, so that request lines can be handed over in blocks.
    output->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, ""));
    output->set_level(spdlog::level::trace);
    output->flush_on(spdlog::level::trace);
    json_lines = json;
    set_log_writer(write_line, least);
}

void stop_logging() {
    set_log_writer([](LogLevel, std::string_view) {}, LogLevel::error);
    spdlog::shutdown();  // its thread writes what is queued and ends; then the logger is ours alone
    output.reset();
}

}  // namespace tollweir
