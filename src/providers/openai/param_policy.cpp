#include "providers/openai/param_policy.hpp"

#include "tollweir/core/json_tree.hpp"

namespace tollweir {
namespace {

// Each entry of a request's list is a walk through the body.
constexpr std::size_t kMaxListEntries = 256;

}  // namespace

void ParamPolicy::allow(const std::vector<std::string>& names) {
    for (const auto& name : names) {
        const auto facts = field_facts(name);
        if (facts.meaning == FieldMeaning::param) allowed |= bit(facts.param);
    }
}

Result<std::vector<std::string>> read_string_list(const JsonMember& member) {
    std::vector<std::string> list;
    if (member.type == JsonType::null) return list;
    const auto tree = parse_json_tree(member.value);
    bool good = tree && tree->is(JsonType::array) && tree->children.size() <= kMaxListEntries;
    if (good) {
        for (const auto& item : tree->children) {
            auto text = item.string();
            if (text) list.push_back(std::move(*text));
            good = good && text;
        }
    }
    if (good) return list;
    return fail(ErrorKind::bad_request,
                "'" + std::string(member.key) + "' must be a list of at most 256 strings.");
}

std::unexpected<GatewayError> refuse_params(const std::vector<Param>& params,
                                            std::string_view provider, std::string_view model) {
    std::string list = "[";
    for (const auto param : params) {
        if (list.size() > 1) list += ", ";
        list += "'" + std::string(name_of(param)) + "'";
    }
    list += "]";
    GatewayError error(
        ErrorKind::unsupported_params, ErrorSource::client,
        "litellm.UnsupportedParamsError: " + std::string(provider) +
            " does not support parameters: " + list + ", for model=" + std::string(model) +
            ". Set `drop_params: true` (in `litellm_settings`, the deployment's `litellm_params` "
            "or the request) to have them dropped, or send them anyway with "
            "`allowed_openai_params=" +
            list + "`.");
    error.type_json = R"("invalid_request_error")";
    return std::unexpected(std::move(error));
}

}  // namespace tollweir
