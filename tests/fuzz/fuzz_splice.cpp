#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/core/splice.hpp"

using namespace tollweir;

namespace {

using Json = nlohmann::ordered_json;

/// A member as it should be after the edits; nothing: it is gone.
using Expected = std::vector<std::optional<std::pair<std::string, Json>>>;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Edits the members and `expected` alike as the bytes of `plan` say.
void edit(const ObjectView& view, std::string_view plan, ObjectEdits& edits, Expected& expected) {
    std::size_t fresh =
        0;  // new keys are unlike each other and, by their length, unlike most others
    const auto next_key = [&fresh] { return "a-new-key-of-the-fuzzer-" + std::to_string(fresh++); };
    for (const char c : plan) {
        const auto byte = static_cast<unsigned char>(c);
        const std::size_t index = byte >> 2;
        if ((byte & 3) == 3 || index >= view.members().size()) {
            const std::string key = next_key();
            edits.append(key, "[1]");
            expected.emplace_back(std::pair(key, Json::array({1})));
            continue;
        }
        const JsonMember& member = view.members()[index];
        if ((byte & 3) == 0) {
            edits.remove(member);
            expected[index].reset();
        } else if ((byte & 3) == 1) {
            edits.replace(member, "\"x\"");
            expected[index] = std::pair(std::string(member.key), Json("x"));
        } else {
            const std::string key = next_key();
            edits.rename(member, key);
            expected[index] = std::pair(key, Json::parse(member.value));
        }
    }
}

}  // namespace

// The first byte says how many of the bytes behind it are edits; the rest is the object.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string_view plan = input.substr(0, std::min<std::size_t>(data[0] & 15, size - 1));
    std::string body(input.substr(plan.size()));
    const std::size_t body_size = body.size();
    body.append(kJsonPadding, '"');

    ObjectView view;
    if (!view.scan({body.data(), body_size})) return 0;
    Expected expected;
    for (const JsonMember& member : view.members()) {
        Json value = Json::parse(member.value, nullptr, false);
        if (value.is_discarded()) return 0;  // a malformed nested value
        expected.emplace_back(std::pair(std::string(member.key), std::move(value)));
    }
    ObjectEdits edits;
    edits.reset(view);
    edit(view, plan, edits, expected);

    Pieces pieces;
    edits.splice(pieces);
    std::string result;
    for (const auto piece : pieces) result += piece;
    const Json tree = Json::parse(result, nullptr, false);
    Json wanted = Json::object();
    for (const auto& member : expected) {
        if (member) wanted[member->first] = member->second;
    }
    require(tree == wanted);
    require(!edits.empty() || result == view.text());
    return 0;
}
