#include "app/admin_cli/command_help.hpp"

#include "app/admin_cli/text_table.hpp"

namespace tollweir::admin_cli {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

std::string words_of(const Command& command) {
    std::string out;
    for (const auto& word : command.words) {
        if (word.name.empty()) continue;
        const bool optional = word.count == Word::Count::optional;
        out.append(optional ? " [" : " ").append(word.name);
        if (optional) out += "]";
        if (word.count == Word::Count::many) out += "...";
    }
    return out;
}

void append_options(std::string& out, std::span<const Option> options,
                    std::span<const Option> more = {}) {
    Lines lines;
    for (const auto part : {options, more})
        for (const auto& option : part) {
            std::string left = "  --" + std::string(option.name);
            if (!option.also.empty()) left.append(", --").append(option.also);
            if (!option.argument.empty()) left.append(" ").append(option.argument);
            lines.emplace_back(std::move(left), option.help);
        }
    out += lay_out_list(lines);
}

}  // namespace

std::string group_help(std::string_view group) {
    Lines lines;
    for (const auto& command : commands())
        if (command.group == group)
            lines.emplace_back("  " + std::string(command.name) + words_of(command), command.help);
    std::string out(help_of_group(group));
    out.append("\n\n  tollweir ").append(group).append(" COMMAND [options]\n\n");
    out += lay_out_list(lines);
    out += "\nFor every command\n";
    append_options(out, common_options());
    out.append("\n`tollweir ").append(group).append(" COMMAND --help` tells its options.\n");
    return out;
}

std::string command_help(const Command& command) {
    std::string out = "tollweir " + std::string(command.group) + " " + std::string(command.name) +
                      words_of(command) + "\n\n  " + std::string(command.help) + "\n";
    if (!command.also.empty()) out.append("  (also `").append(command.also).append("`)\n");
    for (const auto& word : command.words)
        if (word.is_key) out += "  KEY: the key, its hash or its alias\n";
    if (!command.options.empty() || !command.more_options.empty()) {
        out += "\nOptions\n";
        append_options(out, command.options, command.more_options);
    }
    out += "\nFor every command\n";
    append_options(out, common_options());
    return out;
}

}  // namespace tollweir::admin_cli
