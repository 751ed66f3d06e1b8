#include "config/include_files.hpp"

#include <algorithm>
#include <deque>
#include <fstream>
#include <set>

#include "config/references.hpp"
#include "config/yaml_reader.hpp"

namespace tollweir {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxIncludes = 256;

struct Include {
    std::string name;
    Position at;
    std::string path;
    std::vector<fs::path> ancestors;  // the files that led here
};

fs::path normal(const fs::path& file) {
    std::error_code error;
    const auto whole = fs::weakly_canonical(file, error);
    return error ? file.lexically_normal() : whole;
}

/// Takes `include` out of `root`.
std::vector<Include> take_includes(Node& root, const std::vector<fs::path>& ancestors,
                                   Findings& findings) {
    std::vector<Include> includes;
    const auto found = std::ranges::find(root.members, "include", &Member::key);
    if (found == root.members.end()) return includes;
    Node list = std::move(found->value);
    root.members.erase(found);
    if (list.kind == Node::Kind::text) {
        findings.warn(list.at, "include", "LiteLLM wants a list of files here; read as one of one");
        includes.push_back({list.text, list.at, "include", ancestors});
        return includes;
    }
    if (list.kind != Node::Kind::list && !list.is_null())
        findings.error(list.at, "include", "expected a list of files, found " + describe(list));
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        const Node& item = list.items[i];
        const std::string path = item_path("include", i);
        if (item.kind == Node::Kind::text && !item.text.empty()) {
            includes.push_back({item.text, item.at, path, ancestors});
        } else {
            findings.error(item.at, path, "expected the name of a file, found " + describe(item));
        }
    }
    return includes;
}

std::optional<Node> read_include(const Include& include, const fs::path& file, Findings& findings) {
    const auto text = read_text(file, include.at, include.path, findings);
    if (!text) return std::nullopt;
    return read_yaml(*text, findings.add_file(file.string()), findings);
}

}  // namespace

std::optional<std::string> read_text(const fs::path& file, const Position& asked_at,
                                     const std::string& path, Findings& findings) {
    std::error_code code;
    if (fs::is_directory(file, code)) {
        findings.error(asked_at, path, file.string() + " is a directory");
        return std::nullopt;
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        const bool exists = fs::exists(file, code);
        findings.error(asked_at, path,
                       file.string() + (exists ? " cannot be read" : " does not exist"));
        return std::nullopt;
    }
    std::string text;
    char block[16 * 1024];
    while (stream && text.size() <= kMaxConfigBytes) {
        stream.read(block, sizeof block);
        text.append(block, static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad()) {
        findings.error(asked_at, path, file.string() + " cannot be read");
        return std::nullopt;
    }
    return text;
}

void merge_node(Node& into, Node from) {
    if (from.is_null()) return;
    if (into.kind == Node::Kind::list && from.kind == Node::Kind::list) {
        std::ranges::move(from.items, std::back_inserter(into.items));
        return;
    }
    if (into.kind != Node::Kind::map || from.kind != Node::Kind::map) {
        into = std::move(from);
        return;
    }
    for (auto& entry : from.members) {
        Node* own = into.find(entry.key);
        if (own == nullptr) {
            into.members.push_back(std::move(entry));
        } else {
            merge_node(*own, std::move(entry.value));
        }
    }
}

void merge_user_config(Node& root, const fs::path& folder, const Environment& environment,
                       std::vector<fs::path>& files, Findings& findings) {
    constexpr std::string_view kPath = "general_settings.user_config";
    const Node* general = root.find("general_settings");
    const Node* written = general == nullptr ? nullptr : general->find("user_config");
    if (written == nullptr || written->is_null()) return;
    if (written->kind != Node::Kind::text || written->text.empty()) {
        findings.error(written->at, std::string(kPath),
                       "expected the name of a file, found " + describe(*written));
        return;
    }
    Node name = *written;
    resolve_references(name, std::string(kPath), environment, findings);
    if (name.text.empty()) return;
    const fs::path file = folder / name.text;
    const auto text = read_text(file, written->at, std::string(kPath), findings);
    if (!text) return;
    files.push_back(file);
    auto people = read_yaml(*text, findings.add_file(file.string()), findings);
    if (!people) return;
    for (auto& entry : people->members) {
        if (entry.key != "users" && entry.key != "teams") {
            findings.warn(entry.at, entry.key, "a file of people holds `users` and `teams` only");
        } else if (Node* own = root.find(entry.key)) {
            merge_node(*own, std::move(entry.value));
        } else {
            root.members.push_back(std::move(entry));
        }
    }
}

void merge_includes(Node& root, const fs::path& folder, std::vector<fs::path>& files,
                    Findings& findings) {
    std::set<fs::path> read;
    std::vector<fs::path> main_file;
    for (const auto& file : files) main_file.push_back(normal(file));
    read.insert(main_file.begin(), main_file.end());
    auto first = take_includes(root, main_file, findings);
    std::deque<Include> queue(first.begin(), first.end());
    while (!queue.empty()) {
        const Include include = std::move(queue.front());
        queue.pop_front();
        const fs::path file = folder / include.name;
        const fs::path whole = normal(file);
        if (std::ranges::find(include.ancestors, whole) != include.ancestors.end()) {
            findings.error(include.at, include.path, file.string() + " includes itself");
            continue;
        }
        if (!read.insert(whole).second) {
            findings.warn(include.at, include.path,
                          file.string() + " was included before; read once");
            continue;
        }
        if (read.size() > kMaxIncludes) {
            findings.error(include.at, include.path, "more than 256 files are included");
            return;
        }
        files.push_back(file);
        auto node = read_include(include, file, findings);
        if (!node) continue;
        auto ancestors = include.ancestors;
        ancestors.push_back(whole);
        auto nested = take_includes(*node, ancestors, findings);
        std::ranges::move(nested, std::back_inserter(queue));
        merge_node(root, std::move(*node));
    }
}

}  // namespace tollweir
