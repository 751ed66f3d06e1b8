#include "config/json_node.hpp"

#include "tollweir/core/json_tree.hpp"

namespace tollweir {
namespace {

std::string text_of(std::string_view literal) {
    std::string text;
    append_json_text(text, literal);
    return text;
}

Node node_of(const JsonNode& json) {
    Node node;
    switch (json.type) {
        case JsonType::null:
            break;
        case JsonType::boolean:
            node.kind = Node::Kind::boolean;
            node.boolean = json.text == "true";
            node.text = json.text;
            break;
        case JsonType::number:
            node.kind = json.text.find_first_of(".eE") == std::string_view::npos
                            ? Node::Kind::integer
                            : Node::Kind::number;
            node.text = json.text;
            break;
        case JsonType::string:
            node = text_node(text_of(json.text));
            break;
        case JsonType::array:
            node.kind = Node::Kind::list;
            for (const auto& child : json.children) node.items.push_back(node_of(child));
            break;
        case JsonType::object:
            node.kind = Node::Kind::map;
            for (const auto& child : json.children)
                set_member(node, text_of(child.key), node_of(child));
            break;
    }
    return node;
}

}  // namespace

std::optional<Node> node_of_json(std::string_view text) {
    const auto tree = parse_json_tree(text);
    if (!tree) return std::nullopt;
    return node_of(*tree);
}

}  // namespace tollweir
