#include "config/findings.hpp"

#include <algorithm>
#include <tuple>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

std::vector<ConfigFinding> sorted(std::vector<ConfigFinding> findings) {
    std::ranges::sort(findings, {}, [](const ConfigFinding& finding) {
        return std::tuple(finding.file.empty(), std::string_view(finding.file), finding.line,
                          finding.column, std::string_view(finding.path),
                          std::string_view(finding.message));
    });
    return findings;
}

}  // namespace

std::string ConfigFinding::text() const {
    std::string out;
    if (!file.empty()) {
        out += file;
        if (line > 0) out += ':' + std::to_string(line) + ':' + std::to_string(column);
        out += ": ";
    }
    if (!path.empty()) out += path + ": ";
    return out + message;
}

int Findings::add_file(std::string name) {
    files_.push_back(std::move(name));
    return static_cast<int>(files_.size()) - 1;
}

ConfigFinding Findings::make(const Position& at, std::string path, std::string message) const {
    ConfigFinding finding;
    if (at.file >= 0) {
        finding.file = file_name(at.file);
        finding.line = at.line;
        finding.column = at.column;
    }
    finding.path = std::move(path);
    finding.message = std::move(message);
    return finding;
}

void Findings::keep(std::vector<ConfigFinding>& list, ConfigFinding finding) {
    const auto is_same = [&](const ConfigFinding& other) {
        return other.line == finding.line && other.column == finding.column &&
               other.path == finding.path && other.message == finding.message &&
               other.file == finding.file;
    };
    if (list.size() > kMost || std::ranges::any_of(list, is_same)) return;
    if (list.size() == kMost) {
        finding = {};
        finding.message = "more than " + std::to_string(kMost) + " findings; the rest is left out";
    }
    list.push_back(std::move(finding));
}

void Findings::error(const Position& at, std::string path, std::string message) {
    keep(errors_, make(at, std::move(path), std::move(message)));
}

void Findings::warn(const Position& at, std::string path, std::string message) {
    keep(warnings_, make(at, std::move(path), std::move(message)));
}

void Findings::demote_errors(std::size_t first, const std::string& consequence) {
    for (std::size_t i = first; i < errors_.size(); ++i) {
        errors_[i].message += consequence;
        keep(warnings_, std::move(errors_[i]));
    }
    errors_.resize(std::min(first, errors_.size()));
}

std::vector<ConfigFinding> Findings::take_errors() {
    return sorted(std::move(errors_));
}

std::vector<ConfigFinding> Findings::take_warnings() {
    return sorted(std::move(warnings_));
}

std::string child_path(const std::string& path, std::string_view key) {
    std::string name(key.substr(0, 80));
    if (key.empty() || key.find_first_of(". []\n\r\t") != std::string_view::npos) {
        std::string quoted;
        append_json_string(quoted, name);
        name = std::move(quoted);
    }
    return path.empty() ? name : path + '.' + name;
}

std::string item_path(const std::string& path, std::size_t index) {
    return path + '[' + std::to_string(index) + ']';
}

}  // namespace tollweir
