#include "tollweir/core/capability.hpp"

#include <algorithm>
#include <array>

namespace tollweir {
namespace {

using enum Capability;

constexpr std::array kNames{
    CapabilityName{tools, "tools", "supports_function_calling"},
    CapabilityName{tool_choice, "tool_choice", "supports_tool_choice"},
    CapabilityName{vision, "vision", "supports_vision"},
    CapabilityName{schema, "schema", "supports_response_schema"},
    CapabilityName{reasoning, "reasoning", "supports_reasoning"},
    CapabilityName{caching, "caching", "supports_prompt_caching"},
    CapabilityName{Capability::system, "system", "supports_system_messages"},
    CapabilityName{parallel_tools, "parallel_tools", "supports_parallel_function_calling"},
    CapabilityName{pdf, "pdf", "supports_pdf_input"},
    CapabilityName{web_search, "web_search", "supports_web_search"},
    CapabilityName{stream, "stream", "supports_native_streaming"},
    CapabilityName{prefill, "prefill", "supports_assistant_prefill"},
    CapabilityName{computer, "computer", "supports_computer_use"},
    CapabilityName{audio_in, "audio_in", "supports_audio_input"},
    CapabilityName{effort_xhigh, "effort_xhigh", "supports_xhigh_reasoning_effort"},
    CapabilityName{structured, "structured", "supports_native_structured_output"},
    CapabilityName{adaptive, "adaptive", "supports_adaptive_thinking"},
    CapabilityName{output_config, "output_config", "supports_output_config"},
    CapabilityName{effort_max, "effort_max", "supports_max_reasoning_effort"},
    CapabilityName{parallel_cfg, "parallel_cfg", "supports_parallel_tool_use_config"},
    CapabilityName{audio_out, "audio_out", "supports_audio_output"},
    CapabilityName{video_in, "video_in", "supports_video_input"},
    CapabilityName{url_context, "url_context", "supports_url_context"},
    CapabilityName{effort_none, "effort_none", "supports_none_reasoning_effort"},
    CapabilityName{effort_minimal, "effort_minimal", "supports_minimal_reasoning_effort"},
    CapabilityName{mid_system, "mid_system", "supports_mid_conversation_system"},
    CapabilityName{embed_image, "embed_image", "supports_embedding_image_input"},
    CapabilityName{embed_image_old, "embed_image_old", "supports_image_input"},
    CapabilityName{speed, "speed", "supports_speed"},
    CapabilityName{multimodal, "multimodal", "supports_multimodal"},
    CapabilityName{nova_edit, "nova_edit", "supports_nova_canvas_image_edit"},
    CapabilityName{effort_low, "effort_low", "supports_low_reasoning_effort"},
    CapabilityName{sampling, "sampling", "supports_sampling_params"},
    CapabilityName{image_size, "image_size", "supports_image_size"},
    CapabilityName{strict_tools_in_converse, "", "bedrock_converse_supports_strict_tools"},
    CapabilityName{responses_path, "", "use_openai_responses_path"},
    CapabilityName{embed_content, "", "uses_embed_content"},
    CapabilityName{native_audio, "", "gemini_native_audio"},
    CapabilityName{audio_only_live, "", "gemini_audio_only_live"},
};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (static_cast<std::size_t>(kNames[i].capability) != i) return false;
    return true;
}
static_assert(is_in_order());

std::optional<Capability> find(std::string_view text, std::string_view CapabilityName::* name) {
    if (text.empty()) return std::nullopt;
    const auto found = std::ranges::find(kNames, text, name);
    return found == kNames.end() ? std::nullopt : std::optional(found->capability);
}

}  // namespace

std::span<const CapabilityName> capability_names() {
    return kNames;
}

std::optional<Capability> find_capability_word(std::string_view word) {
    return find(word, &CapabilityName::word);
}

std::optional<Capability> find_capability_field(std::string_view field) {
    return find(field, &CapabilityName::field);
}

}  // namespace tollweir
