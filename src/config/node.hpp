#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tollweir {

/// Where something stands: index into `Findings::files`, 1-based line and column. No file: -1.
struct Position {
    int file = -1;
    int line = 0;
    int column = 0;
};

struct Member;

/// One value of a configuration file, typed as YAML 1.1 does. Ours rather than yaml-cpp's node: it
/// keeps the file it came from across includes, and knows which values came from the environment.
struct Node {
    enum class Kind : std::uint8_t { null, boolean, integer, number, text, list, map };
    /// Where the value came from: the file as it stands, a reference in the file, a variable that
    /// stands in for an absent key, a flag, a row of the store.
    enum class Origin : std::uint8_t { file, reference, variable, flag, store };

    Kind kind = Kind::null;
    bool boolean = false;
    Origin origin = Origin::file;
    Position at;
    std::string text;    // scalars: as written, or what the variable held
    std::string source;  // name of the variable or flag; empty: the file
    std::vector<Node> items;
    std::vector<Member> members;  // in file order, keys unique

    bool is_null() const { return kind == Kind::null; }
    bool is_scalar() const { return kind != Kind::list && kind != Kind::map; }
    /// The member called `key`, null values included; nullptr if there is none.
    const Node* find(std::string_view key) const;
    Node* find(std::string_view key);
    const Member* member(std::string_view key) const;
};

struct Member {
    std::string key;
    Position at;  // of the key
    Node value;
};

Node text_node(std::string text, Position at = {});
Node map_node();
/// Sets or adds a member.
void set_member(Node& map, std::string key, Node value);

/// `a list`, `12`, `"fast"`: what an error says was found. Long texts are cut; what a reference
/// brought in, and values of keys that name a secret, are not shown.
std::string describe(const Node& node, std::string_view key = {});

/// Appends the node as JSON. Not finite numbers become null.
void append_json(std::string& out, const Node& node);
std::string to_json(const Node& node);

/// Whether a key's value is a credential, by its name: `api_key`, `aws_secret_access_key`,
/// `Authorization`; not `max_tokens`, `input_cost_per_token`, `litellm_credential_name`.
bool names_secret(std::string_view key);

/// A copy without the members, at any depth, that are null, or whose own or variable's name names
/// a secret.
Node without_secrets(const Node& node);

}  // namespace tollweir
