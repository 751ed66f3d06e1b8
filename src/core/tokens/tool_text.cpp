#include "core/tokens/tool_text.hpp"

#include <algorithm>
#include <vector>

#include "core/json_walk.hpp"

namespace tollweir::tokens {
namespace {

// Each level is read once more for each level above it.
constexpr int kMaxDepth = 8;

void append_object(std::string& out, std::string_view schema, int depth);

void append_string(std::string& out, std::string_view value) {
    if (is_json_string(value))
        append_json_text(out, value);
    else
        out += value;
}

void append_enum(std::string& out, std::string_view values) {
    bool first = true;
    for_each_element(values, [&](std::string_view value) {
        out += first ? "\"" : " | \"";
        first = false;
        append_string(out, value);
        out += '"';
    });
}

void append_type(std::string& out, std::string_view schema, int depth) {
    std::string_view type, values, items;
    if (depth <= kMaxDepth) {
        for_each_member(schema, [&](std::string_view key, std::string_view value) {
            if (key == "type") type = value;
            if (key == "enum") values = value;
            if (key == "items") items = value;
        });
    }
    const bool number = type == "\"integer\"" || type == "\"number\"";
    if ((number || type == "\"string\"") && values.starts_with('[')) {
        append_enum(out, values);
    } else if (number) {
        out += "number";
    } else if (type == "\"array\"") {
        append_type(out, items, depth + 1);
        out += "[]";
    } else if (type == "\"object\"") {
        out += "{\n";
        append_object(out, schema, depth + 1);
        out += "\n}";
    } else if (type == "\"string\"" || type == "\"boolean\"" || type == "\"null\"") {
        append_json_text(out, type);
    } else {
        out += "any";
    }
}

/// Where a schema's properties and the names of the required ones stand.
struct Properties {
    explicit Properties(std::string_view schema) {
        for_each_member(schema, [&](std::string_view key, std::string_view value) {
            if (key == "properties" && value.starts_with('{')) list = value;
            if (key != "required") return;
            for_each_element(value, [&](std::string_view name) {
                if (is_json_string(name)) required.push_back(name.substr(1, name.size() - 2));
            });
        });
        std::ranges::sort(required);
    }
    bool empty() const { return list.empty() || trim_json_left(list.substr(1)).starts_with('}'); }

    std::string_view list;
    std::vector<std::string_view> required;  // sorted
};

/// The lines of an object's properties, without a line end behind the last.
void append_object(std::string& out, std::string_view schema, int depth) {
    const Properties properties(schema);
    const std::string indent(static_cast<std::size_t>(2 * depth), ' ');
    bool first = true;
    const auto begin_line = [&] {
        if (!first) out += '\n';
        first = false;
        out += indent;
    };
    for_each_member(properties.list, [&](std::string_view key, std::string_view property) {
        const std::string_view description = member_of(property, "description");
        if (is_json_string(description) && description.size() > 2) {
            begin_line();
            out += "// ";
            append_json_text(out, description);
        }
        begin_line();
        append_json_text(out, {key.data() - 1, key.size() + 2});  // with its quotes
        out += std::ranges::binary_search(properties.required, key) ? ": " : "?: ";
        append_type(out, property, depth);
        out += ',';
    });
}

void append_function(std::string& out, std::string_view function) {
    std::string_view name, description, parameters;
    for_each_member(function, [&](std::string_view key, std::string_view value) {
        if (key == "name") name = value;
        if (key == "description") description = value;
        if (key == "parameters" || key == "input_schema") parameters = value;
    });
    if (!is_json_string(name) || name.size() <= 2) return;
    if (is_json_string(description) && description.size() > 2) {
        out += "// ";
        append_json_text(out, description);
        out += '\n';
    }
    out += "type ";
    append_json_text(out, name);
    if (Properties(parameters).empty()) {
        out += " = () => any;\n\n";
        return;
    }
    out += " = (_: {\n";
    append_object(out, parameters, 0);
    out += "\n}) => any;\n\n";
}

}  // namespace

std::string tool_text(std::string_view tools) {
    std::string out = "namespace functions {\n\n";
    for_each_element(tools, [&](std::string_view tool) {
        const std::string_view function = member_of(tool, "function");
        append_function(out, function.starts_with('{') ? function : tool);
    });
    out += "} // namespace functions";
    return out;
}

}  // namespace tollweir::tokens
