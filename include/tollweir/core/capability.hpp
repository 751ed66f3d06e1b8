#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tollweir {

/// What a model can do, or which way it wants to be called; a bit each in Capabilities.
enum class Capability : std::uint8_t {
    tools,
    tool_choice,
    vision,
    schema,
    reasoning,
    caching,
    system,
    parallel_tools,
    pdf,
    web_search,
    stream,
    prefill,
    computer,
    audio_in,
    effort_xhigh,
    structured,
    adaptive,
    output_config,
    effort_max,
    parallel_cfg,
    audio_out,
    video_in,
    url_context,
    effort_none,
    effort_minimal,
    mid_system,
    embed_image,
    embed_image_old,
    speed,
    multimodal,
    nova_edit,
    effort_low,
    sampling,
    image_size,
    // Which steer a route; their fields in the table are booleans.
    strict_tools_in_converse,
    responses_path,
    embed_content,
    native_audio,
    audio_only_live,
};

using Capabilities = std::uint64_t;

constexpr Capabilities bit_of(Capability capability) {
    return Capabilities{1} << static_cast<unsigned>(capability);
}

struct CapabilityName {
    Capability capability;
    std::string_view word;   // in the table's `supports` and `lacks`; empty: a field of its own
    std::string_view field;  // LiteLLM's: `supports_function_calling`
};

/// All of them, in the order of the enumeration.
std::span<const CapabilityName> capability_names();
std::optional<Capability> find_capability_word(std::string_view word);
std::optional<Capability> find_capability_field(std::string_view field);

}  // namespace tollweir
