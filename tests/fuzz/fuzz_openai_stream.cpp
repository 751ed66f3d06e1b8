#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tollweir/providers/registry.hpp"
#include "unit/api/stream_feeding.hpp"

using namespace tollweir;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

/// What a client gets is comments and events, each on one line; at the end the closing frame.
void check_form(const StreamOutcome& outcome) {
    std::string_view sent = outcome.sent;
    std::string_view last;
    while (!sent.empty()) {
        const std::size_t line = sent.find('\n');
        require(line != std::string_view::npos);
        last = sent.substr(0, line);
        sent.remove_prefix(line + 1);
        require(last.find('\r') == std::string_view::npos);
        if (last.starts_with(':')) continue;
        require(last.starts_with("data: ") && sent.starts_with('\n'));
        require(last == "data: [DONE]" || outcome.has_event);
        sent.remove_prefix(1);
    }
    require(outcome.is_done == (last == "data: [DONE]"));
}

// The plain stream, and each upstream whose chunks are put right on the way.
void edit_as(const char* provider, std::string_view stream, StreamEdits edits, std::size_t first,
             std::size_t second) {
    const auto run = [&](std::size_t one, std::size_t two) {
        std::unique_ptr<AnswerTidier> tidier;
        if (provider != nullptr) {
            const Deployment deployment;
            tidier = find_provider(provider)->provider->open_answer(deployment,
                                                                    Endpoint::chat_completions, {});
        }
        edits.tidier = tidier.get();
        return edit_stream(stream, edits, one, two);
    };
    const StreamOutcome whole = run(stream.size() + 1, 1);
    check_form(whole);
    require(run(first, second) == whole);
}

}  // namespace

// The first byte: whether usage is hidden, and the sizes of the reads; the rest is the stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    StreamEdits edits;
    edits.model = "the client's \"model\"";
    edits.hide_usage = (data[0] & 1) != 0;
    edits.usage_apart = !edits.hide_usage;
    const std::size_t first = 1 + (data[0] >> 1 & 7), second = 1 + (data[0] >> 4);
    for (const char* provider : {static_cast<const char*>(nullptr), "mistral", "groq", "azure",
                                 "hosted_vllm", "text-completion-openai"}) {
        edit_as(provider, stream, edits, first, second);
    }
    return 0;
}
