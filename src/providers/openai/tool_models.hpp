#pragma once

#include <string_view>

namespace tollweir {

/// Models that take tools, of the providers whose other models refuse them; blanks between.
/// Source: LiteLLM's model table, `supports_function_calling`, as of 2026-08-01.
inline constexpr std::string_view kTogetherToolModels =
    "Qwen/Qwen2.5-72B-Instruct-Turbo "
    "Qwen/Qwen2.5-7B-Instruct-Turbo "
    "Qwen/Qwen3-235B-A22B-Instruct-2507-tput "
    "Qwen/Qwen3-235B-A22B-Thinking-2507 "
    "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8 "
    "Qwen/Qwen3-Next-80B-A3B-Instruct "
    "Qwen/Qwen3-Next-80B-A3B-Thinking "
    "Qwen/Qwen3.5-397B-A17B "
    "deepseek-ai/DeepSeek-R1 "
    "deepseek-ai/DeepSeek-R1-0528-tput "
    "deepseek-ai/DeepSeek-V3 "
    "deepseek-ai/DeepSeek-V3.1 "
    "meta-llama/Llama-3.2-3B-Instruct-Turbo "
    "meta-llama/Llama-3.3-70B-Instruct-Turbo "
    "meta-llama/Llama-3.3-70B-Instruct-Turbo-Free "
    "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8 "
    "meta-llama/Llama-4-Scout-17B-16E-Instruct "
    "meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo "
    "meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo "
    "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo "
    "mistralai/Mistral-7B-Instruct-v0.1 "
    "mistralai/Mistral-Small-24B-Instruct-2501 "
    "mistralai/Mixtral-8x7B-Instruct-v0.1 "
    "moonshotai/Kimi-K2-Instruct "
    "moonshotai/Kimi-K2-Instruct-0905 "
    "moonshotai/Kimi-K2.5 "
    "openai/gpt-oss-120b "
    "openai/gpt-oss-20b "
    "togethercomputer/CodeLlama-34b-Instruct "
    "zai-org/GLM-4.5-Air-FP8 "
    "zai-org/GLM-4.6 "
    "zai-org/GLM-4.7";

inline constexpr std::string_view kSambanovaToolModels =
    "DeepSeek-V3-0324 "
    "DeepSeek-V3.1 "
    "DeepSeek-V3.2 "
    "Llama-4-Maverick-17B-128E-Instruct "
    "Llama-4-Scout-17B-16E-Instruct "
    "Meta-Llama-3.1-405B-Instruct "
    "Meta-Llama-3.1-8B-Instruct "
    "Meta-Llama-3.3-70B-Instruct "
    "MiniMax-M2.7 "
    "Qwen3-32B "
    "gpt-oss-120b";

}  // namespace tollweir
