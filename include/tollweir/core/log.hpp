#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace tollweir {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// Where lines go. Set once before threads start; `telemetry` sets the asynchronous one, tests and
/// `check` leave the default, which writes warnings and errors to stderr.
using LogWriter = std::function<void(LogLevel, std::string_view)>;
void set_log_writer(LogWriter writer, LogLevel least);
void set_log_level(LogLevel least);

bool log_wanted(LogLevel level);

/// One line. Error: someone must act. Warning: we coped. Info: life cycle. Never keys, headers,
/// prompts or answers. Any thread; never blocks.
void log_line(LogLevel level, std::string_view text);

inline void log_debug(std::string_view text) {
    log_line(LogLevel::debug, text);
}
inline void log_info(std::string_view text) {
    log_line(LogLevel::info, text);
}
inline void log_warning(std::string_view text) {
    log_line(LogLevel::warning, text);
}
inline void log_error(std::string_view text) {
    log_line(LogLevel::error, text);
}

}  // namespace tollweir
