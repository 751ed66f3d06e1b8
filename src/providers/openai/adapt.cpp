#include "providers/openai/adapt.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "providers/openai/adaptation.hpp"
#include "providers/openai/azure_rules.hpp"
#include "providers/openai/drop_path.hpp"
#include "providers/openai/embedding_input.hpp"
#include "providers/openai/fim.hpp"
#include "providers/openai/json_tool.hpp"
#include "providers/openai/messages.hpp"
#include "providers/openai/supported_set.hpp"
#include "providers/openai/thinking.hpp"
#include "providers/openai/tools.hpp"
#include "providers/openai/values.hpp"

namespace tollweir {
namespace {

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
            policy.allow(*names);
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
bool sends_metadata(const Adaptation& adaptation, Endpoint endpoint) {
    if (adaptation.policy.allows(Param::metadata)) return true;
    return endpoint == Endpoint::chat_completions && adaptation.has(Quirk::stores_metadata) &&
           adaptation.draft.value(Param::store) == "true";
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

// OpenAI takes null for what is not given; an upstream that does not know the parameter may not.
void drop_nulls(Adaptation& adaptation, ParamSet params) {
    if (adaptation.has(Quirk::knows_openai_models)) return;
    const auto gone = adaptation.draft.nulls() & params;
    for (std::size_t i = 0; gone != 0 && i < kParamCount; ++i) {
        const auto param = static_cast<Param>(i);
        if ((gone & bit(param)) != 0) adaptation.draft.remove(param);
    }
}

// Steps 2 to 4 of section 5. `counted` are the endpoint's parameters; what would change nothing
// goes out silently.
Result<void> settle_unsupported(Adaptation& adaptation, Endpoint endpoint, ParamSet counted) {
    auto& draft = adaptation.draft;
    const auto supported = supported_set(adaptation.row, endpoint, adaptation.family);
    auto candidates = draft.present() & counted & ~supported;
    if (fixes_temperature(adaptation.rules, draft)) {
        candidates |= draft.present() & bit(Param::temperature);
    }
    candidates &= ~adaptation.policy.allowed;
    drop_nulls(adaptation, counted & ~supported);
    if (candidates == 0) return {};

    const auto silent = kNeverFail | dropped_set(adaptation.row, adaptation.family);
    std::vector<Param> refused;
    for (const auto& member : draft.object().members()) {
        const auto facts = field_facts(member.key);
        if (facts.meaning != FieldMeaning::param || (candidates & bit(facts.param)) == 0) continue;
        const bool harmless =
            (silent & bit(facts.param)) != 0 || is_default(facts.param, member.value);
        if (!harmless && !adaptation.policy.drops_unsupported) {
            refused.push_back(facts.param);
        } else {
            draft.remove(facts.param);
        }
    }
    if (!refused.empty()) return refuse_params(refused, adaptation.row.name, adaptation.model);
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

void rename_params(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    // max_completion_tokens is the newer and wins either way.
    if (adaptation.rules.renames_max_tokens && !adaptation.policy.allows(Param::max_tokens)) {
        rename_limit(draft, Param::max_tokens, Param::max_completion_tokens, true);
    }
    if (adaptation.has(Quirk::max_tokens_only) &&
        !adaptation.policy.allows(Param::max_completion_tokens)) {
        rename_limit(draft, Param::max_completion_tokens, Param::max_tokens, false);
    }
    for (const auto& [param, name] : adaptation.row.renames) {
        if (adaptation.may_change(param)) draft.send_as(param, name);
    }
}

Result<void> adapt_chat(Adaptation& adaptation) {
    if (auto done = settle_unsupported(adaptation, Endpoint::chat_completions, kEveryChatParam);
        !done)
        return done;
    clamp_temperature(adaptation);
    rename_params(adaptation);
    const auto thinks = rewrite_thinking(adaptation);
    if (!thinks) return std::unexpected(thinks.error());
    if (auto done = rewrite_messages(adaptation, *thinks); !done) return done;
    if (auto done = rewrite_tools(adaptation); !done) return done;
    if (adaptation.row.addressing == Addressing::azure) {
        if (auto done = rewrite_for_azure(adaptation); !done) return done;
    }
    if (adaptation.has(Quirk::json_by_tool)) {
        if (auto done = schema_to_tool(adaptation); !done) return done;
    }
    if (auto done = rewrite_response_format(adaptation); !done) return done;
    if (adaptation.has(Quirk::usage_include)) {
        adaptation.draft.set("usage", R"({"include":true})");
    }
    if (adaptation.has(Quirk::chat_as_text)) return messages_to_prompt(adaptation);
    return {};
}

Result<void> adapt_text(Adaptation& adaptation) {
    if (auto done = settle_unsupported(adaptation, Endpoint::completions, kTextParams); !done) {
        return done;
    }
    if (!adaptation.has(Quirk::fim)) return {};
    rename_params(adaptation);
    return rewrite_fim_prompt(adaptation);
}

Result<void> adapt_endpoint(Adaptation& adaptation, Endpoint endpoint) {
    switch (endpoint) {
        case Endpoint::chat_completions:
            return adapt_chat(adaptation);
        case Endpoint::completions:
            return adapt_text(adaptation);
        case Endpoint::embeddings:
            return rewrite_embedding(adaptation);
        case Endpoint::moderations:
            return {};
    }
    return {};
}

Adaptation begin(BodyDraft& draft, const ParamPolicy& policy, const OpenAiDialect& row,
                 const Deployment& deployment, const UpstreamCall& call) {
    Adaptation adaptation{draft, row, policy, call.model, {}, {}, {}, {}};
    adaptation.family = model_family(row, deployment, call.model);
    if (row.addressing == Addressing::azure) {
        adaptation.api_version = azure_api_version(deployment, call);
    }
    if (row.quirks.has(Quirk::knows_openai_models)) {
        adaptation.rules = openai_model_rules(adaptation.family);
    }
    // Names at Azure are the user's own, and often hold that of the model.
    if (row.addressing == Addressing::azure && adaptation.family.contains("gpt-5") &&
        !adaptation.family.contains("gpt-5-chat")) {
        adaptation.rules.renames_max_tokens = true;
    }
    return adaptation;
}

}  // namespace

Result<AnswerNeeds> adapt_openai_body(ObjectEdits& edits, const OpenAiDialect& row,
                                      const Deployment& deployment, const UpstreamCall& call) {
    BodyDraft draft(edits);
    ParamPolicy policy;
    policy.drops_unsupported = deployment.drop_params;
    policy.allow(deployment.allowed_openai_params);
    for (const auto& member : edits.object().members()) {
        if (auto taken = take_field(member, draft, policy); !taken) {
            return std::unexpected(taken.error());
        }
    }
    for (const auto& list :
         {std::cref(deployment.additional_drop_params), std::cref(std::as_const(policy).dropped)}) {
        if (auto done = drop_listed(draft, list); !done) return std::unexpected(done.error());
    }
    auto adaptation = begin(draft, policy, row, deployment, call);
    if (!sends_metadata(adaptation, call.endpoint)) draft.remove(Param::metadata);
    if (auto done = adapt_endpoint(adaptation, call.endpoint); !done) {
        return std::unexpected(done.error());
    }
    draft.finish();
    return adaptation.needs;
}

std::string_view model_family(const OpenAiDialect& row, const Deployment& deployment,
                              std::string_view model) {
    if (row.addressing == Addressing::azure) return azure_family(deployment, model);
    if (!row.quirks.has(Quirk::knows_openai_models) || deployment.base_model.empty()) return model;
    return last_segment(deployment.base_model);
}

}  // namespace tollweir
