#include "tollweir/core/log.hpp"

#include <cstdio>

namespace tollweir {

namespace {

void write_to_stderr(LogLevel level, std::string_view text) {
    const char* name = level == LogLevel::error ? "error" : "warning";
    std::fprintf(stderr, "%s: %.*s\n", name, static_cast<int>(text.size()), text.data());
}

std::atomic<LogLevel> least_level{LogLevel::warning};

LogWriter& writer() {
    static LogWriter instance = write_to_stderr;
    return instance;
}

}  // namespace

void set_log_writer(LogWriter new_writer, LogLevel least) {
    writer() = std::move(new_writer);
    least_level = least;
}

void set_log_level(LogLevel least) {
    least_level = least;
}

bool log_wanted(LogLevel level) {
    return level >= least_level.load(std::memory_order_relaxed);
}

void log_line(LogLevel level, std::string_view text) {
    if (log_wanted(level)) writer()(level, text);
}

}  // namespace tollweir
