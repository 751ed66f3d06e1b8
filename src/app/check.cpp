#include "tollweir/app/check.hpp"

#include <cstdio>

#include "tollweir/config/explain.hpp"
#include "tollweir/config/snapshot.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {
namespace {

std::string counted(std::size_t count, std::string_view thing) {
    return std::to_string(count) + ' ' + std::string(thing) + (count == 1 ? "" : "s");
}

bool offers_anything(const Provider& provider) {
    for (std::size_t i = 0; i < kEndpointCount; ++i)
        if (provider.dialect(static_cast<Endpoint>(i))) return true;
    return false;
}

/// What a deployment does with a request, in words.
std::string meaning(const Deployment& deployment) {
    if (deployment.mock_response) return "answers with a canned text, calls nobody";
    std::string out = std::string(deployment.provider->name()) + ", model " + deployment.model;
    if (!deployment.api_base.empty()) out += ", at " + deployment.api_base;
    out += deployment.api_key.empty() ? ", no key" : ", with a key";
    if (!offers_anything(*deployment.provider))
        out += "; its adapter is not built yet: requests get 501";
    return out;
}

std::string entries(const Config& config) {
    std::string out;
    for (const auto& deployment : config.deployments)
        out += "  " + deployment.group + (deployment.wildcard ? " (pattern): " : ": ") +
               meaning(deployment) + '\n';
    for (const auto& [name, alias] : config.aliases)
        out += "  " + name + ": another name for " + alias.group +
               (alias.hidden ? ", not listed\n" : "\n");
    for (const auto& [name, target] : config.model_aliases)
        out += "  " + name + ": read as " + target + '\n';
    return out;
}

std::string access(const Config& config) {
    if (!config.master_key.empty()) return "Access: with the master key.\n";
    if (config.generate_master_key) return "Access: with a master key that the start makes.\n";
    if (config.require_auth) return "Access: no master key is set, so it will not start.\n";
    return "Access: OPEN to everybody who reaches it; no master key is set.\n";
}

std::string findings_text(std::string_view word, const std::vector<ConfigFinding>& findings) {
    std::string out;
    for (const auto& finding : findings)
        out.append(word).append(": ").append(finding.text()).append("\n");
    return out;
}

/// Each value in force and where it came from.
std::string settings_text(const std::vector<Setting>& settings) {
    std::string out = "Settings in force:\n";
    for (const auto& setting : settings)
        out += "  " + setting.path + " = " + setting.value + " (" + setting.origin + ")\n";
    return out;
}

}  // namespace

CheckReport make_check_report(const CommandLine& command_line, const Environment& environment) {
    auto explained = explain_config(command_line.config_file, command_line.overrides, environment);
    CheckReport report;
    const std::string source =
        command_line.config_file ? command_line.config_file->string() : "no file";
    if (!explained) {
        report.text = findings_text("error", explained.error()) + source + ": " +
                      counted(explained.error().size(), "error") + ", unusable\n";
        return report;
    }
    auto* const loaded = &explained->loaded;
    report.text = findings_text("warning", loaded->warnings) + entries(loaded->config) +
                  access(loaded->config);
    const std::size_t warnings = loaded->warnings.size();
    const std::size_t deployments = loaded->config.deployments.size();
    const auto snapshot = Snapshot::build(std::move(loaded->config), nullptr);
    if (!snapshot) {
        report.text += "error: " + snapshot.error().message + '\n' + source + ": unusable\n";
        return report;
    }
    report.usable = true;
    report.text += source + ": good, " + counted((*snapshot)->groups().size(), "model") + ", " +
                   counted(deployments, "deployment") + ", " + counted(warnings, "warning") + '\n' +
                   settings_text(explained->settings);
    return report;
}

int check_config(const CommandLine& command_line, const Environment& environment) {
    const auto report = make_check_report(command_line, environment);
    for (const auto& notice : command_line.notices)
        std::fprintf(stderr, "note: %s\n", notice.c_str());
    std::fputs(report.text.c_str(), report.usable ? stdout : stderr);
    return report.usable ? 0 : 1;
}

}  // namespace tollweir
