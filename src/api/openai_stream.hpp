#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "tollweir/api/front.hpp"
#include "tollweir/core/sse.hpp"

namespace tollweir {

/// Streams of chat and text completions: `data:` events and a closing `data: [DONE]`.
class OpenAiEventEditor final : public EventEditor {
public:
    explicit OpenAiEventEditor(const StreamEdits& edits);

    Result<std::size_t> feed(std::string_view region, Pieces& out) override;
    Result<void> finish(std::string_view region, Pieces& out) override;
    void write_error(const GatewayError& error, std::string& out) const override;

    bool has_event() const override { return has_event_; }
    bool has_content() const override { return has_content_; }
    bool is_done() const override { return done_; }
    const GatewayError* upstream_error() const override {
        return upstream_error_ ? &*upstream_error_ : nullptr;
    }
    const Usage& usage() const override { return usage_; }
    const TextTally& tally() const override { return tally_; }
    std::string_view upstream_model() const override { return upstream_model_; }
    std::string_view response_id() const override { return response_id_; }

private:
    struct Chunk;

    bool ignores_rest() const { return done_ || upstream_error_.has_value(); }
    Result<void> take_items(std::string_view region, Pieces& out);
    void take_comment(std::string_view region, const SseReader::Item& item, Pieces& out);
    Result<void> take_event(const SseReader::Item& item, Pieces& out);
    void take_error(GatewayError error, Pieces& out);
    void take_notes(const Chunk& chunk);
    bool says_something(const Chunk& chunk) const;
    void close(Pieces& out);
    std::string& hold(std::string_view text);
    bool tidy(std::string_view& data, bool& is_own);
    void set_usage_apart(const Chunk& chunk);
    void append_edited(std::string_view before, std::string_view text, std::string_view after,
                       const Chunk& chunk, bool cuts_usage, Pieces& out);
    std::string* shown_usage(const Chunk& chunk);

    void add_relayed(const char* begin, const char* end, Pieces& out);
    void add_own(std::string_view text, Pieces& out);

    const std::string model_json_;
    const bool hide_usage_;
    const bool usage_apart_;
    AnswerTidier* const tidier_;
    const UsageCost cost_;
    AnswerRecorder* const recorder_;
    const std::optional<StreamBefore> before_;
    const bool keeps_errors_;
    SseReader reader_;
    ObjectView event_;
    std::list<std::string> held_;  // texts that this call's pieces point to
    std::string tidied_;
    const char* relayed_end_ = nullptr;

    Usage usage_;
    TextTally tally_;
    std::string upstream_model_;
    std::string response_id_;
    bool id_seen_ = false;
    std::optional<GatewayError> upstream_error_;
    std::string usage_chunk_;  // for the end, without its closing brace; empty: none to send
    bool has_event_ = false;
    bool has_content_ = false;
    int quiet_events_ = 0;  // that said nothing
    bool done_ = false;
    bool finish_reason_seen_ = false;
};

}  // namespace tollweir
