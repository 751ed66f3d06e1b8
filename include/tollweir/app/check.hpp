#pragma once

#include <string>

#include "tollweir/app/command_line.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// `tollweir check FILE` and `--validate_config`: says what each entry means, every warning and
/// error, how many models there are, and each value in force with its origin. Returns the exit
/// status: 1 where the file cannot be used.
int check_config(const CommandLine& command_line, const Environment& environment);

/// The same as text, findings first.
struct CheckReport {
    std::string text;
    bool usable = false;
};
CheckReport make_check_report(const CommandLine& command_line, const Environment& environment);

}  // namespace tollweir
