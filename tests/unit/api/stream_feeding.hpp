#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "tollweir/api/front.hpp"

namespace tollweir {

/// Hands an upstream's bytes to an editor as a relay does, and keeps what goes to the client.
class StreamFeeding {
public:
    explicit StreamFeeding(StreamEdits edits)
        : editor_(openai_front().open_pass_through(std::move(edits))) {}

    Result<void> feed(std::string_view bytes) {
        region_ += bytes;
        Pieces pieces;
        const auto consumed = editor_->feed(region_, pieces);
        take(pieces);
        if (!consumed) return std::unexpected(consumed.error());
        region_.erase(0, *consumed);
        return {};
    }
    Result<void> finish() {
        Pieces pieces;
        auto finished = editor_->finish(region_, pieces);
        take(pieces);
        return finished;
    }

    const EventEditor& editor() const { return *editor_; }
    const std::string& sent() const { return sent_; }
    std::size_t held() const { return region_.size(); }

private:
    void take(const Pieces& pieces) {
        for (const auto piece : pieces) sent_ += piece;
    }

    std::unique_ptr<EventEditor> editor_;
    std::string region_;
    std::string sent_;
};

/// All there is to see of one stream's editing.
struct StreamOutcome {
    std::string sent;
    std::string failure;  // the class of the error that `feed` or `finish` gave
    std::string upstream_error;
    std::string upstream_model;
    Usage usage;
    bool has_event = false;
    bool is_done = false;

    friend bool operator==(const StreamOutcome&, const StreamOutcome&) = default;
};

/// Feeds `stream` in pieces of `first`, `second`, `first` ... bytes.
inline StreamOutcome edit_stream(std::string_view stream, const StreamEdits& edits,
                                 std::size_t first, std::size_t second) {
    StreamFeeding feeding(edits);
    Result<void> result;
    for (bool odd = true; result && !stream.empty(); odd = !odd) {
        const auto piece = stream.substr(0, odd ? first : second);
        result = feeding.feed(piece);
        stream.remove_prefix(piece.size());
    }
    if (result) result = feeding.finish();
    const EventEditor& editor = feeding.editor();
    StreamOutcome outcome;
    outcome.sent = feeding.sent();
    if (!result) outcome.failure = facts(result.error().kind).litellm_class;
    if (editor.upstream_error() != nullptr)
        outcome.upstream_error = editor.upstream_error()->message;
    outcome.upstream_model = editor.upstream_model();
    outcome.usage = editor.usage();
    outcome.has_event = editor.has_event();
    outcome.is_done = editor.is_done();
    return outcome;
}

}  // namespace tollweir
