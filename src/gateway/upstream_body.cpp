#include "tollweir/gateway/upstream_body.hpp"

#include <algorithm>

#include "tollweir/providers/provider.hpp"
#include "tollweir/providers/spelling.hpp"

namespace tollweir {

namespace {

/// The scanner reads past the text's end, but never past its capacity.
void make_room_for_padding(std::string& text) {
    text.reserve(text.size() + kJsonPadding);
}

/// A member that says something, under this name or its other spelling.
bool names(const ObjectView& object, std::string_view name) {
    const auto says = [&](std::string_view spelling) {
        const auto* member = spelling.empty() ? nullptr : object.find(spelling);
        return member != nullptr && member->type != JsonType::null;
    };
    return says(name) || says(other_spelling(name));
}

/// Of text generation: a default of the deployment or of the command line means nothing to an
/// endpoint that generates none, and OpenAI refuses it there.
bool belongs(std::string_view field, Endpoint endpoint) {
    constexpr std::string_view kGeneration[] = {"temperature",
                                                "top_p",
                                                "max_tokens",
                                                "max_completion_tokens",
                                                "n",
                                                "stop",
                                                "seed",
                                                "presence_penalty",
                                                "frequency_penalty",
                                                "logit_bias",
                                                "logprobs",
                                                "top_logprobs",
                                                "response_format",
                                                "tools",
                                                "tool_choice",
                                                "parallel_tool_calls",
                                                "reasoning_effort",
                                                "verbosity",
                                                "modalities"};
    return can_stream(endpoint) || std::ranges::find(kGeneration, field) == std::end(kGeneration);
}

}  // namespace

/// Defaults become part of the body before the provider sees it, so that its renames and drops
/// reach them too.
Result<const ObjectView*> UpstreamBody::with_defaults(const ChatView& view,
                                                      const Deployment& deployment) {
    const auto& object = view.object;
    edits_.reset(object);
    for (const auto& [name, json] : deployment.defaults) {
        if (belongs(name, view.endpoint) && !names(object, name)) set(name, json);
    }
    if (edits_.empty()) return &object;
    pieces_.clear();
    edits_.splice(pieces_);
    merged_.clear();
    for (const auto piece : pieces_) merged_ += piece;
    make_room_for_padding(merged_);
    if (auto scanned = merged_view_.scan(merged_); !scanned)
        return std::unexpected(scanned.error());
    return &merged_view_;
}

void UpstreamBody::set(std::string_view name, std::string_view json) {
    if (const auto* member = edits_.object().find(name))
        edits_.replace(*member, json);
    else
        edits_.append(name, json);
}

Result<void> UpstreamBody::ask_for_usage(const ObjectView& object) {
    const auto* options = object.find("stream_options");
    if (options == nullptr || options->type != JsonType::object) {
        set("stream_options", R"({"include_usage":true})");
        return {};
    }
    options_.assign(options->value);
    make_room_for_padding(options_);
    if (auto scanned = options_view_.scan(options_); !scanned) return scanned;
    option_edits_.reset(options_view_);
    if (const auto* asked = options_view_.find("include_usage"))
        option_edits_.replace(*asked, "true");
    else
        option_edits_.append("include_usage", "true");
    Pieces pieces;
    option_edits_.splice(pieces);
    std::string text;
    for (const auto piece : pieces) text += piece;
    edits_.replace(*options, text);
    return {};
}

/// Who sees the usage of a stream, and whether it must be asked for.
Result<void> UpstreamBody::settle_usage(const ChatView& view, const Deployment& deployment,
                                        const ObjectView& object, const Config& config) {
    const auto reports = deployment.provider->stream_usage(view.endpoint);
    const bool is_clients = view.wants_stream_usage || config.always_include_stream_usage;
    const auto& dropped = deployment.additional_drop_params;
    const bool asks = !view.wants_stream_usage && config.inject_stream_usage &&
                      reports.on_request &&
                      std::ranges::find(dropped, "stream_options") == dropped.end();
    const bool comes = asks || !reports.on_request || reports.beside_choices;
    hides_usage_ = comes && !is_clients;
    sets_usage_apart_ = is_clients && reports.beside_choices;
    return asks ? ask_for_usage(object) : Result<void>();
}

Result<void> UpstreamBody::build(const ChatView& view, const Deployment& deployment,
                                 const UpstreamCall& call, const Config& config) {
    hides_usage_ = false;
    sets_usage_apart_ = false;
    const ObjectView* object = &view.object;
    if (!deployment.defaults.empty()) {
        auto merged = with_defaults(view, deployment);
        if (!merged) return std::unexpected(merged.error());
        object = *merged;
    }
    edits_.reset(*object);
    const auto& provider = *deployment.provider;
    const auto adapted = provider.adapt(edits_, deployment, call);
    if (!adapted) return std::unexpected(adapted.error());
    needs_ = *adapted;
    std::string name;
    append_json_string(name, provider.body_model(call));
    set("model", name);
    if (view.stream && can_stream(view.endpoint) && !needs_.whole) {
        if (auto settled = settle_usage(view, deployment, *object, config); !settled)
            return settled;
    }
    for (const auto& [field, json] : deployment.extra_body) {
        if (!belongs(field, view.endpoint)) continue;
        if (const auto other = other_spelling(field); !other.empty())
            if (const auto* member = object->find(other)) edits_.remove(*member);
        set(field, json);
    }
    pieces_.clear();
    edits_.splice(pieces_);
    return {};
}

}  // namespace tollweir
