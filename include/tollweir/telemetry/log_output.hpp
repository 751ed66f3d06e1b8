#pragma once

#include <string>
#include <string_view>

#include "tollweir/core/log.hpp"

namespace tollweir {

/// Sends the log to standard output through spdlog's thread: no caller waits for the terminal. A
/// full queue drops its oldest block and counts. Call once, before the workers start.
void start_logging(LogLevel least, bool json);
void set_log_format(LogLevel least, bool json);
/// Writes what is queued and ends the thread.
void stop_logging();

/// Complete lines with their line ends, made by a RequestLog.
void write_log_block(std::string_view lines);

bool log_is_json();

/// Appends `2026-11-21T05:42:42.123Z`, now.
void append_log_time(std::string& out);

}  // namespace tollweir
