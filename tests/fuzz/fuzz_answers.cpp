#include <cstdint>
#include <cstdlib>
#include <string>

#include "tollweir/core/json_tree.hpp"
#include "tollweir/providers/registry.hpp"

using namespace tollweir;

namespace {

// What is changed must be JSON again; what is none must be left alone.
void check(bool changed, const std::string& out, bool was_json) {
    if (!changed) return;
    if (!was_json || !parse_json_tree(out)) std::abort();
}

void tidy_with(const ProviderEntry& entry, Endpoint endpoint, std::string_view text, bool is_json) {
    Deployment deployment;
    deployment.provider = entry.provider;
    const AnswerNeeds needs{.json_tool = true, .whole = false};
    const auto tidier = entry.provider->open_answer(deployment, endpoint, needs);
    if (tidier == nullptr) return;
    std::string out;
    check(tidier->tidy_answer(text, out), out, is_json);
    // Twice: the second chunk meets the state that the first has left.
    for (int i = 0; i < 2; ++i) {
        check(tidier->tidy_chunk(text, out) == AnswerTidier::Chunk::changed, out, is_json);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const bool is_json = parse_json_tree(text).has_value();
    for (const auto& entry : providers()) {
        for (const auto endpoint : {Endpoint::chat_completions, Endpoint::completions}) {
            if (entry.provider->dialect(endpoint)) tidy_with(entry, endpoint, text, is_json);
        }
    }
    return 0;
}
