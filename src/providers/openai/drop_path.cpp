#include "providers/openai/drop_path.hpp"

#include <charconv>
#include <span>
#include <string>

namespace tollweir {
namespace {

using Step = DropPath::Step;

// Takes `[*]` or `[12]` from the front.
bool take_index(std::string_view& text, Step& step) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return false;
    const auto inside = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    step.kind = Step::Kind::every;
    if (inside == "*") return true;
    step.kind = Step::Kind::index;
    const auto read = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
    return read.ec == std::errc() && read.ptr == inside.data() + inside.size();
}

bool take_name(std::string_view& text, std::string_view& name) {
    name = text.substr(0, text.find_first_of(".["));
    text.remove_prefix(name.size());
    return !name.empty();
}

bool take_step(std::string_view& text, Step& step) {
    if (text.front() == '[') return take_index(text, step);
    if (text.front() != '.') return false;
    text.remove_prefix(1);
    return take_name(text, step.name);
}

}  // namespace

Result<DropPath> parse_drop_path(std::string_view text) {
    DropPath path;
    auto rest = text;
    bool good = take_name(rest, path.field);
    while (good && !rest.empty()) good = take_step(rest, path.steps.emplace_back());
    if (good) return path;
    return fail(ErrorKind::bad_request,
                "additional_drop_params: '" + std::string(text) +
                    "' is no path; write name, parent.child, list[*].field or list[0].field.");
}

void drop_inside(JsonNode& node, std::span<const Step> steps) {
    const auto& step = steps.front();
    const auto rest = steps.subspan(1);
    if (step.kind == Step::Kind::member) {
        if (rest.empty()) {
            node.remove(step.name);
        } else if (auto* child = node.find(step.name)) {
            drop_inside(*child, rest);
        }
        return;
    }
    if (!node.is(JsonType::array)) return;
    auto& items = node.children;
    if (step.kind == Step::Kind::every) {
        if (rest.empty()) items.clear();
        for (auto& item : items) drop_inside(item, rest);
    } else if (step.index < items.size()) {
        if (rest.empty()) {
            items.erase(items.begin() + static_cast<std::ptrdiff_t>(step.index));
        } else {
            drop_inside(items[step.index], rest);
        }
    }
}

}  // namespace tollweir
