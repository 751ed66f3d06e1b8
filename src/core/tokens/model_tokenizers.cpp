#include <algorithm>
#include <string>

#include "tollweir/core/token_count.hpp"

namespace tollweir {
namespace {

constexpr auto kO200k = TokenEncoding::o200k_base;
constexpr auto kCl100k = TokenEncoding::cl100k_base;
constexpr auto kP50k = TokenEncoding::p50k_base;

struct OpenAiModels {
    std::string_view name;  // of one model, or what names begin with
    bool whole;             // the name itself, or followed by a dash
    TokenEncoding encoding;
};

// Source: spec/providers-openai-family.md, section 6; the first that fits counts. gpt-oss has
// o200k's ranks with more special tokens.
constexpr OpenAiModels kOpenAiModels[] = {
    {"gpt-4o", false, kO200k},
    {"chatgpt-4o", false, kO200k},
    {"gpt-4.1", false, kO200k},
    {"gpt-4.5", false, kO200k},
    {"gpt-5", false, kO200k},
    {"gpt-oss", false, kO200k},
    {"o1", true, kO200k},
    {"o3", true, kO200k},
    {"o4-mini", true, kO200k},
    {"gpt-4", true, kCl100k},
    {"gpt-3.5", false, kCl100k},
    {"gpt-35", false, kCl100k},
    {"text-embedding-ada-002", true, kCl100k},
    {"text-embedding-3", true, kCl100k},
    {"davinci-002", true, kCl100k},
    {"babbage-002", true, kCl100k},
    {"text-davinci-00", false, kP50k},
    {"code-davinci", false, kP50k},
    {"code-cushman", false, kP50k},
};

struct Family {
    std::string_view part;  // of a name, in lower case
    std::uint16_t permille;
};

// Tokens for one of o200k_base, measured on 13 languages and formats (docs/token-counting.md); the
// first that fits counts. Claude's present tokenizer is not public.
constexpr Family kFamilies[] = {
    {"claude", 1200},       {"gemini", 1100},    {"gemma", 1100},     {"llama-2", 1300},
    {"llama2", 1300},       {"llama", 1050},     {"mixtral", 1300},   {"mistral-7b", 1300},
    {"mistral-tiny", 1300}, {"codellama", 1300}, {"mistral", 1050},   {"ministral", 1050},
    {"codestral", 1050},    {"pixtral", 1050},   {"magistral", 1050}, {"devstral", 1050},
    {"deepseek", 1050},     {"qwen", 1050},      {"qwq", 1050},
};

bool fits(std::string_view name, const OpenAiModels& models) {
    if (!name.starts_with(models.name)) return false;
    return !models.whole || name.size() == models.name.size() || name[models.name.size()] == '-';
}

}  // namespace

TokenCounter TokenCounter::for_model(std::string_view model) {
    std::string lower(model);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    });
    // The name behind the providers': openrouter/openai/gpt-4o, azure/gpt-4o, us.openai.gpt-oss.
    std::string_view name = lower;
    if (const auto slash = name.rfind('/'); slash != name.npos) name.remove_prefix(slash + 1);
    if (name.starts_with("ft:")) {  // ft:BASE:organization::id
        name.remove_prefix(3);
        name = name.substr(0, name.find(':'));
    }
    if (const auto vendor = name.find("openai."); vendor != name.npos)
        name.remove_prefix(vendor + 7);

    TokenCounter counter;
    for (const OpenAiModels& models : kOpenAiModels) {
        if (!fits(name, models)) continue;
        counter.encoding = models.encoding;
        counter.kind = CountKind::exact;
        counter.old_chat_frame = name == "gpt-3.5-turbo-0301";
        return counter;
    }
    for (const Family& family : kFamilies) {
        if (!lower.contains(family.part)) continue;
        counter.encoding = kO200k;
        counter.permille = family.permille;
        return counter;
    }
    return counter;
}

}  // namespace tollweir
