#include "providers/openai/adapt.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "providers/openai/body_draft.hpp"
#include "providers/openai/drop_path.hpp"
#include "providers/openai/openai_models.hpp"
#include "providers/openai/param_lists.hpp"
#include "providers/openai/rewrites.hpp"
#include "providers/openai/supported_set.hpp"

namespace tollweir {
namespace {

/// `drop_params` and its kin, as deployment and request together want them.
struct ParamPolicy {
    bool drops_unsupported = false;
    std::vector<std::string> dropped;  // of the request; the deployment's own are in the snapshot
    ParamSet allowed = 0;
};

// Each entry of a request's list is a walk through the body.
constexpr std::size_t kMaxListEntries = 256;

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

void allow(ParamPolicy& policy, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        const auto facts = field_facts(name);
        if (facts.meaning == FieldMeaning::param) policy.allowed |= bit(facts.param);
    }
}

std::unexpected<GatewayError> refuse_credential(const JsonMember& member) {
    return fail(
        ErrorKind::bad_request,
        "Rejected Request: " + std::string(member.key) +
            " is not allowed in request body. Upstream addresses and credentials are set in "
            "the gateway's configuration.");
}

// One field of the body: noted, passed by, or taken out because it is the gateway's.
Result<void> take_field(const JsonMember& member, BodyDraft& draft, ParamPolicy& policy) {
    const auto facts = field_facts(member.key);
    switch (facts.meaning) {
        case FieldMeaning::unknown:
            return {};
        case FieldMeaning::param:
            draft.note(facts.param, member);
            return {};
        case FieldMeaning::control:
            break;
        case FieldMeaning::credential:
            if (member.type != JsonType::null) return refuse_credential(member);
            break;
        case FieldMeaning::drop_params:
            if (member.type != JsonType::boolean && member.type != JsonType::null) {
                return fail(ErrorKind::bad_request, "'drop_params' must be true or false.");
            }
            if (member.value == "true") policy.drops_unsupported = true;
            break;
        case FieldMeaning::additional_drop_params: {
            auto names = read_string_list(member);
            if (!names) return std::unexpected(names.error());
            policy.dropped = std::move(*names);
            break;
        }
        case FieldMeaning::allowed_openai_params: {
            const auto names = read_string_list(member);
            if (!names) return std::unexpected(names.error());
            allow(policy, *names);
            break;
        }
    }
    draft.remove(member);
    return {};
}

Result<void> drop_listed(BodyDraft& draft, const std::vector<std::string>& list) {
    for (const auto& entry : list) {
        const auto path = parse_drop_path(entry);
        if (!path) return std::unexpected(path.error());
        // The gateway's own: a body without them would be another request.
        if (path->field == "model" || path->field == "stream") continue;
        const auto* member = draft.object().find(path->field);
        if (member == nullptr) continue;
        if (path->steps.empty()) {
            draft.remove(*member);
            continue;
        }
        const bool is_nested = member->type == JsonType::object || member->type == JsonType::array;
        if (!is_nested || draft.is_removed(*member)) continue;
        auto tree = draft.tree(*member);
        if (!tree) return std::unexpected(tree.error());
        drop_inside(**tree, path->steps);
    }
    return {};
}

// Decision 6: OpenAI takes `metadata` only for answers that it stores.
bool sends_metadata(const BodyDraft& draft, const OpenAiDialect& row, Endpoint endpoint) {
    return endpoint == Endpoint::chat_completions && row.stores_metadata &&
           draft.value(Param::store) == "true";
}

std::optional<double> number_in(std::string_view json) {
    double value = 0;
    const auto read = std::from_chars(json.data(), json.data() + json.size(), value);
    if (read.ec != std::errc() || read.ptr != json.data() + json.size()) return std::nullopt;
    return value;
}

// The value that a model without the parameter behaves by anyway.
bool is_default(Param param, std::string_view json) {
    switch (param) {
        case Param::temperature:
        case Param::top_p:
        case Param::n:
            return number_in(json) == 1.0;
        case Param::presence_penalty:
        case Param::frequency_penalty:
        case Param::top_logprobs:
            return number_in(json) == 0.0;
        case Param::logprobs:
            return json == "false";
        default:
            return false;
    }
}

bool fixes_temperature(const OpenAiModelRules& rules, const BodyDraft& draft) {
    if (!rules.fixes_temperature || !rules.frees_temperature_without_effort) {
        return rules.fixes_temperature;
    }
    const auto effort = draft.value(Param::reasoning_effort);
    return effort.empty() ? !rules.thinks_only_when_asked : effort != R"("none")";
}

// Never an error: where an upstream has no use for them they are just not sent.
constexpr ParamSet kNeverFail =
    set_of({Param::user, Param::stream, Param::stream_options, Param::metadata});

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
            "or "
            "the request) to have them dropped, or send them anyway with `allowed_openai_params=" +
            list + "`.");
    error.type_json = R"("invalid_request_error")";
    return std::unexpected(std::move(error));
}

// Steps 2 to 4 of section 5. What would change nothing goes out silently.
Result<void> settle_unsupported(BodyDraft& draft, const ParamPolicy& policy,
                                const OpenAiDialect& row, const OpenAiModelRules& rules,
                                std::string_view model) {
    auto candidates =
        draft.present() & kEveryChatParam & ~supported_set(row, Endpoint::chat_completions, model);
    if (fixes_temperature(rules, draft)) candidates |= draft.present() & bit(Param::temperature);
    candidates &= ~policy.allowed;
    if (candidates == 0) return {};

    std::vector<Param> refused;
    for (const auto& member : draft.object().members()) {
        const auto facts = field_facts(member.key);
        if (facts.meaning != FieldMeaning::param || (candidates & bit(facts.param)) == 0) continue;
        const bool harmless =
            (kNeverFail & bit(facts.param)) != 0 || is_default(facts.param, member.value);
        if (!harmless && !policy.drops_unsupported) {
            refused.push_back(facts.param);
        } else {
            draft.remove(facts.param);
        }
    }
    if (!refused.empty()) return refuse_params(refused, row.name, model);
    return {};
}

// `from` is sent as `to`; where the request names both, `to_wins` says which value is meant.
void rename_limit(BodyDraft& draft, Param from, Param to, bool to_wins) {
    if (!draft.has(from)) return;
    if (draft.has(to) && to_wins) {
        draft.remove(from);
    } else {
        draft.send_as(from, to);
    }
}

void rename_limits(BodyDraft& draft, const ParamPolicy& policy, const OpenAiDialect& row,
                   const OpenAiModelRules& rules) {
    // max_completion_tokens is the newer and wins either way.
    if (rules.renames_max_tokens && (policy.allowed & bit(Param::max_tokens)) == 0) {
        rename_limit(draft, Param::max_tokens, Param::max_completion_tokens, true);
    }
    if (row.renames_max_completion && (policy.allowed & bit(Param::max_completion_tokens)) == 0) {
        rename_limit(draft, Param::max_completion_tokens, Param::max_tokens, false);
    }
}

Result<void> adapt_chat(BodyDraft& draft, const ParamPolicy& policy, const OpenAiDialect& row,
                        std::string_view model) {
    const auto rules = row.knows_openai_models ? openai_model_rules(model) : OpenAiModelRules();
    auto settled = settle_unsupported(draft, policy, row, rules, model);
    if (!settled) return settled;
    rename_limits(draft, policy, row, rules);
    return rewrite_chat_body(draft, row);
}

}  // namespace

Result<void> adapt_openai_body(ObjectEdits& edits, const OpenAiDialect& row,
                               const Deployment& deployment, Endpoint endpoint,
                               std::string_view model) {
    BodyDraft draft(edits);
    ParamPolicy policy;
    policy.drops_unsupported = deployment.drop_params;
    allow(policy, deployment.allowed_openai_params);
    for (const auto& member : edits.object().members()) {
        if (auto taken = take_field(member, draft, policy); !taken) return taken;
    }
    if (auto done = drop_listed(draft, deployment.additional_drop_params); !done) return done;
    if (auto done = drop_listed(draft, policy.dropped); !done) return done;

    const bool keeps_metadata = (policy.allowed & bit(Param::metadata)) != 0;
    if (!keeps_metadata && !sends_metadata(draft, row, endpoint)) {
        draft.remove(Param::metadata);
    }
    if (endpoint == Endpoint::chat_completions) {
        if (auto done = adapt_chat(draft, policy, row, model); !done) return done;
    } else if (row.floats_only && draft.has(Param::encoding_format)) {
        draft.set(Param::encoding_format, R"("float")");
    }
    draft.finish();
    return {};
}

}  // namespace tollweir
