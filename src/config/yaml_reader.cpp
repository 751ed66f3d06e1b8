#include "config/yaml_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/scalar.hpp"

namespace tollweir {
namespace {

/// Ends a parse from inside yaml-cpp's callbacks; never leaves this file.
struct Stop {
    Position at;
    std::string message;
};

/// yaml-cpp takes a quote that is never closed for a closed one if the text ends with a line end;
/// an empty comment behind it changes nothing else.
std::string with_end(std::string_view text) {
    std::string out(text);
    out += text.ends_with('\n') ? "#" : "\n#";
    return out;
}

constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

bool is_scalar_tag(std::string_view core) {
    return core == "str" || core == "int" || core == "float" || core == "bool" || core == "null";
}

Stop unsupported_tag(std::string_view tag, const Position& at) {
    return {at, "the tag " + std::string(tag.substr(0, 60)) +
                    " is not supported; write the value without it"};
}

Node scalar_node(const std::string& value, const std::string& tag, Position at) {
    Node node = text_node(value, at);
    const bool is_plain = tag == "?" || tag.empty();
    const std::string_view core =
        tag.starts_with(kCoreTags) ? std::string_view(tag).substr(kCoreTags.size()) : "";
    if (!is_plain && tag != "!" && !is_scalar_tag(core)) throw unsupported_tag(tag, at);
    if (core == "null") {
        node.kind = Node::Kind::null;
    } else if (const auto boolean = parse_yaml_boolean(value);
               boolean && (is_plain || core == "bool")) {
        node.kind = Node::Kind::boolean;
        node.boolean = *boolean;
    } else if (is_yaml_integer(value) && (is_plain || core == "int")) {
        node.kind = Node::Kind::integer;
    } else if ((is_yaml_number(value) && (is_plain || core == "float")) ||
               (core == "float" && is_yaml_integer(value))) {
        node.kind = Node::Kind::number;
    } else if (!is_plain && !core.empty() && core != "str") {
        throw Stop{at, "the tag !!" + std::string(core) + " does not fit this value"};
    }
    return node;
}

class TreeBuilder : public YAML::EventHandler {
public:
    TreeBuilder(int file, Findings& findings) : file_(file), findings_(findings) {}

    Node take_root() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        node.at = position(mark);
        add(std::move(node), anchor, true);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end())
            throw Stop{position(mark), "this alias stands inside its own anchor"};
        count(found->second.size, position(mark));
        add(found->second.node, 0, false, found->second.size);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        const bool is_plain = tag == "?";
        add(scalar_node(value, tag, position(mark)), anchor, is_plain);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::list, mark, tag, anchor, "seq");
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::map, mark, tag, anchor, "map");
    }
    void OnMapEnd() override {
        apply_merges(frames_.back());
        close();
    }

private:
    struct Frame {
        Node node;
        YAML::anchor_t anchor = 0;
        std::size_t size = 1;
        bool has_key = false;
        bool is_merge = false;
        std::string key;
        Position key_at;
        std::unordered_map<std::string, int> lines;  // of the keys so far
        std::vector<Node> merges;
    };
    struct Anchored {
        Node node;
        std::size_t size;
    };

    Position position(const YAML::Mark& mark) const {
        return {file_, mark.line + 1, mark.column + 1};
    }

    void count(std::size_t nodes, Position at) {
        nodes_ += nodes;
        if (nodes_ > kMaxConfigNodes)
            throw Stop{at, "the file holds more than " + std::to_string(kMaxConfigNodes) +
                               " values once its aliases are expanded"};
    }

    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor, std::string_view core) {
        const Position at = position(mark);
        if (tag != "?" && tag != "!" && !tag.empty() && tag != std::string(kCoreTags).append(core))
            throw unsupported_tag(tag, at);
        if (!frames_.empty() && expects_key(frames_.back()))
            throw Stop{at, "a key must be text, not a list or mapping"};
        if (frames_.size() >= kMaxConfigDepth)
            throw Stop{at, "nested deeper than " + std::to_string(kMaxConfigDepth) + " levels"};
        Frame frame;
        frame.node.kind = kind;
        frame.node.at = at;
        frame.anchor = anchor;
        frames_.push_back(std::move(frame));
    }

    void close() {
        Frame frame = std::move(frames_.back());
        frames_.pop_back();
        add(std::move(frame.node), frame.anchor, false, frame.size);
    }

    static bool expects_key(const Frame& frame) {
        return frame.node.kind == Node::Kind::map && !frame.has_key;
    }

    void add(Node node, YAML::anchor_t anchor, bool is_plain, std::size_t size = 1) {
        if (anchor != 0) {
            count(size, node.at);
            anchors_[anchor] = {node, size};
        }
        if (frames_.empty()) {
            root_ = std::move(node);
            return;
        }
        Frame& frame = frames_.back();
        if (expects_key(frame)) {
            take_key(frame, node, is_plain);
            return;
        }
        count(1, node.at);
        frame.size += size;
        if (frame.node.kind == Node::Kind::list) {
            frame.node.items.push_back(std::move(node));
        } else {
            take_value(frame, std::move(node));
        }
    }

    void take_key(Frame& frame, const Node& key, bool is_plain) {
        if (key.is_null() || !key.is_scalar())
            throw Stop{key.at, "a key must be text, found " + describe(key)};
        frame.has_key = true;
        frame.key = key.text;
        frame.key_at = key.at;
        frame.is_merge = is_plain && key.text == "<<";
    }

    void take_value(Frame& frame, Node value) {
        frame.has_key = false;
        if (frame.is_merge) {
            take_merge(frame, std::move(value));
            return;
        }
        const auto [first, is_new] = frame.lines.try_emplace(frame.key, frame.key_at.line);
        if (!is_new) {
            findings_.error(
                frame.key_at, child_path(path(), frame.key),
                "this key stands here twice, first on line " + std::to_string(first->second));
            return;
        }
        frame.node.members.push_back({std::move(frame.key), frame.key_at, std::move(value)});
    }

    void take_merge(Frame& frame, Node value) {
        if (value.kind == Node::Kind::map) {
            frame.merges.push_back(std::move(value));
            return;
        }
        if (value.kind != Node::Kind::list)
            throw Stop{value.at,
                       "`<<` takes a mapping or a list of mappings, found " + describe(value)};
        for (auto& item : value.items) {
            if (item.kind != Node::Kind::map)
                throw Stop{item.at, "`<<` takes mappings, found " + describe(item)};
            frame.merges.push_back(std::move(item));
        }
    }

    /// The mapping's own keys win over merged ones, an earlier mapping over a later one.
    void apply_merges(Frame& frame) {
        for (auto& merged : frame.merges)
            for (auto& entry : merged.members)
                if (frame.lines.try_emplace(entry.key, entry.at.line).second)
                    frame.node.members.push_back(std::move(entry));
    }

    /// Key path of the innermost open mapping.
    std::string path() const {
        std::string out;
        for (std::size_t i = 0; i + 1 < frames_.size(); ++i) {
            const Frame& frame = frames_[i];
            out = frame.node.kind == Node::Kind::list ? item_path(out, frame.node.items.size())
                                                      : child_path(out, frame.key);
        }
        return out;
    }

    int file_;
    Findings& findings_;
    Node root_;
    std::vector<Frame> frames_;
    std::unordered_map<YAML::anchor_t, Anchored> anchors_;
    std::size_t nodes_ = 0;
};

std::optional<Node> parse(std::string_view text, int file, Findings& findings) {
    std::istringstream stream(with_end(text));
    YAML::Parser parser(stream);
    TreeBuilder builder(file, findings);
    if (!parser.HandleNextDocument(builder)) {
        findings.error({file, 0, 0}, "", "the file is empty");
        return std::nullopt;
    }
    Node root = builder.take_root();
    TreeBuilder second(file, findings);
    if (parser.HandleNextDocument(second)) {
        findings.error(second.take_root().at, "", "a second document begins here; one is allowed");
        return std::nullopt;
    }
    if (root.is_null()) {
        findings.error({file, 0, 0}, "", "the file is empty");
        return std::nullopt;
    }
    if (root.kind != Node::Kind::map) {
        findings.error(root.at, "", "expected a mapping of sections, found " + describe(root));
        return std::nullopt;
    }
    return root;
}

}  // namespace

std::optional<Node> read_yaml(std::string_view text, int file, Findings& findings) {
    if (text.size() > kMaxConfigBytes) {
        findings.error({file, 0, 0}, "", "the file is larger than 16 MiB");
        return std::nullopt;
    }
    try {
        return parse(text, file, findings);
    } catch (const Stop& stop) {
        findings.error(stop.at, "", stop.message);
    } catch (const YAML::Exception& error) {
        // A null mark (-1) stands for a place yaml-cpp does not know.
        findings.error({file, error.mark.line + 1, error.mark.column + 1}, "",
                       "not valid YAML: " + error.msg);
    } catch (const std::exception& error) {
        findings.error({file, 0, 0}, "", std::string("not valid YAML: ") + error.what());
    }
    return std::nullopt;
}

}  // namespace tollweir
