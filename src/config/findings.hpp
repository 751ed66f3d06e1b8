#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/node.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// Gathers what a load has to say, so that one run shows every mistake of a file. A finding made
/// twice stands once; past `kMost` of a kind nobody reads on, and they are left out.
class Findings {
public:
    static constexpr std::size_t kMost = 500;

    Findings() = default;
    /// With the files of an earlier load, whose positions stay good.
    explicit Findings(std::vector<std::string> files) : files_(std::move(files)) {}

    /// Names a file; positions carry the returned index.
    int add_file(std::string name);
    const std::vector<std::string>& files() const { return files_; }
    const std::string& file_name(int file) const { return files_[static_cast<std::size_t>(file)]; }

    void error(const Position& at, std::string path, std::string message);
    void warn(const Position& at, std::string path, std::string message);

    bool has_errors() const { return !errors_.empty(); }
    std::size_t error_count() const { return errors_.size(); }
    /// Turns the errors from `first` on into warnings that end with `consequence`.
    void demote_errors(std::size_t first, const std::string& consequence);

    /// In the order of the files' lines; what stands in no file comes last.
    std::vector<ConfigFinding> take_errors();
    std::vector<ConfigFinding> take_warnings();

private:
    ConfigFinding make(const Position& at, std::string path, std::string message) const;
    static void keep(std::vector<ConfigFinding>& list, ConfigFinding finding);

    std::vector<std::string> files_;
    std::vector<ConfigFinding> errors_;
    std::vector<ConfigFinding> warnings_;
};

/// `path.key`, or `key` where path is empty; keys with dots or blanks are quoted.
std::string child_path(const std::string& path, std::string_view key);
std::string item_path(const std::string& path, std::size_t index);

}  // namespace tollweir
