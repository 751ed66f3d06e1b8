#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/answer_tidier.hpp"
#include "tollweir/core/endpoint.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/splice.hpp"
#include "tollweir/core/text_tally.hpp"
#include "tollweir/core/usage.hpp"

namespace tollweir {

class AnswerRecorder;

/// What we need to know of a request body, as views into it. Reused from request to request.
struct ChatView {
    ObjectView object;
    Endpoint endpoint = Endpoint::chat_completions;
    std::string model;  // decoded; empty if absent or null
    bool stream = false;
    bool wants_stream_usage = false;  // stream_options.include_usage
    bool wants_base64 = false;        // embeddings: encoding_format is base64

    void clear();
};

/// What a usage cost, as the number that goes into JSON; appended. False: not known.
using UsageCost = std::function<bool(const Usage& usage, std::string& out)>;

/// Of a stream that goes on where another upstream's broke: what its client has got.
struct StreamBefore {
    std::string id_json;       // goes into every chunk; empty: there was none
    std::string created_json;  // likewise
    Usage usage;               // is added to the one that the client is told
};

/// What is changed in a stream of the client's own dialect.
struct StreamEdits {
    std::string model;        // goes into every chunk
    bool hide_usage = false;  // the client did not ask for usage
    // The client asked, and the upstream sends it beside choices: it goes into a chunk of its own.
    bool usage_apart = false;
    AnswerTidier* tidier = nullptr;      // sees each event first; outlives the editor
    UsageCost cost{};                    // goes into usage that the client sees; empty: none does
    AnswerRecorder* recorder = nullptr;  // is given each chunk; outlives the editor
    std::optional<StreamBefore> before{};
    // The upstream's error event is only told of (`upstream_error`) after the first word too.
    bool keeps_errors = false;
};

/// Edits the events of one stream that stays in its dialect and notes what they tell. Bytes come in
/// pieces of any size. No I/O. Source of the rules: spec/data-plane.md 4.3,
/// spec/providers-openai-family.md 1.8 and 8.
class EventEditor {
public:
    virtual ~EventEditor() = default;

    /// `region` holds every byte that was not yet dropped, kJsonPadding readable bytes behind it.
    /// Appends what goes to the client now: views into `region`, constants and this object, valid
    /// until the next call. Returns how many bytes at the front of the region are done with; the
    /// caller drops exactly those before the next call. Errors (`bad_gateway`): an event that is
    /// not what the dialect allows.
    virtual Result<std::size_t> feed(std::string_view region, Pieces& out) = 0;

    /// The upstream closed. Appends the rest and the closing frame. An error (`api_connection`) if
    /// the stream was cut: neither a closing frame nor a finish reason was seen.
    virtual Result<void> finish(std::string_view region, Pieces& out) = 0;

    /// Appends the event that tells the client of a failure after the commit point, and the closing
    /// frame.
    virtual void write_error(const GatewayError& error, std::string& out) const = 0;

    /// An event (not a comment) has been appended.
    virtual bool has_event() const = 0;
    /// The model has said something in what was appended, or the stream has come to its end; also
    /// when several events came and none of them could be told to be empty. The commit point once
    /// it is sent.
    virtual bool has_content() const = 0;
    /// The closing frame came: nothing that follows is sent on.
    virtual bool is_done() const = 0;
    /// The upstream's own error event, where one came. Before the commit point it becomes an HTTP
    /// error (`has_content` is still false then and nothing of it was appended); after it, unless
    /// `keeps_errors`, it was appended in our envelope together with the closing frame, and
    /// `is_done` holds.
    virtual const GatewayError* upstream_error() const = 0;
    virtual const Usage& usage() const = 0;
    /// What the model said, up to the first usage that the upstream told.
    virtual const TextTally& tally() const = 0;
    /// The upstream's own names for the model and the answer, as its first chunk had them.
    virtual std::string_view upstream_model() const = 0;
    virtual std::string_view response_id() const = 0;
};

/// A whole answer of chat or text completions as the events of a stream: JSON texts, in order,
/// without the closing frame. `with_usage`: a last one that holds the usage, with its cost. Errors
/// (`bad_gateway`): no JSON object with choices.
Result<std::vector<std::string>> answer_as_chunks(std::string_view body, bool with_usage,
                                                  const UsageCost& cost = {});

/// A dialect that clients speak. No state, no I/O.
class Front {
public:
    virtual ~Front() = default;

    virtual Dialect dialect() const = 0;

    /// Reads the body's top level. `body` must be followed by kJsonPadding readable bytes; an empty
    /// body is `{}`. Errors: `bad_request` (not a JSON object, a wrong type, a key given twice).
    virtual Result<void> scan(Endpoint endpoint, std::string_view body, ChatView& out) const = 0;

    /// Checks that the endpoint's input is there (`messages`, `prompt`, `input`): after the model
    /// is known, since OpenAI complains of a missing model first.
    virtual Result<void> check_input(const ChatView& view) const = 0;

    virtual void write_error(const GatewayError& error, std::string& out) const = 0;

    virtual std::unique_ptr<EventEditor> open_pass_through(StreamEdits edits) const = 0;
};

/// OpenAI's chat, completions, embeddings and moderations.
const Front& openai_front();

/// How the client wants embeddings, whatever the upstream sends.
enum class EmbeddingForm : std::uint8_t { as_sent, floats, base64 };

/// What is changed in an answer that is not a stream.
struct ReplyEdits {
    std::string_view model;
    EmbeddingForm embeddings = EmbeddingForm::as_sent;
};

/// Edits an answer of OpenAI's dialect that is not a stream: the model's name, and embeddings into
/// the form asked for. Errors (`bad_gateway`): not a JSON object, an embedding that is none.
class ReplyEditor {
public:
    /// `body` as for ChatView. Afterwards the pieces of the edited body are in `out`; they point
    /// into `body` and this object.
    Result<void> edit(std::string_view body, const ReplyEdits& wanted, Pieces& out);

    const Usage& usage() const { return usage_; }
    /// JSON text in `body`; empty: there are none.
    std::string_view choices() const { return choices_; }
    std::string_view upstream_model() const { return upstream_model_; }
    std::string_view response_id() const { return response_id_; }

private:
    ObjectView object_;
    ObjectEdits edits_;
    Usage usage_;
    std::string_view choices_;
    std::string upstream_model_;
    std::string response_id_;
};

}  // namespace tollweir
