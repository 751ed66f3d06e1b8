#include "tollweir/upstream/token_source.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "tollweir/net/wake.hpp"
#include "tollweir/upstream/deployment_call.hpp"
#include "upstream/read_file.hpp"
#include "upstream/token_answer.hpp"

namespace tollweir {

namespace {

constexpr std::chrono::milliseconds kFetchTimeout{15'000};
constexpr std::size_t kMostAnswerBytes = 256 * 1024;
// Recipes of configurations that are gone; their tokens are dropped when new ones come.
constexpr std::size_t kMostEntries = 256;

std::unexpected<GatewayError> cancelled() {
    return fail(ErrorKind::client_closed, "the client left");
}

/// One fetch under way, for those who wait for it.
struct Round {
    std::vector<net::Wake*> waiters;
    std::optional<GatewayError> failure;  // stays empty where whoever fetched was cancelled
};

/// The answer's body, or the issuer's refusal.
net::Task<Result<std::string>> ask(net::Worker& worker, const TokenCall& call, std::string body,
                                   const std::string& issuer, TimePoint deadline,
                                   net::CancelSlot& slot) {
    DeploymentCall http(worker.upstreams(), slot, call.origin);
    const Pieces pieces{body};
    if (auto sent = co_await http.send(call.head, pieces, deadline); !sent)
        co_return std::unexpected(sent.error());
    if (auto read = co_await http.read_head(deadline); !read)
        co_return std::unexpected(read.error());
    const auto status = http.head().status;
    const auto answer = co_await http.read_whole(kMostAnswerBytes, deadline);
    if (!answer) co_return std::unexpected(answer.error());
    if (status != 200) co_return std::unexpected(read_token_error(status, *answer, issuer));
    co_return std::string(*answer);
}

net::Task<Result<std::string>> assertion_of(net::Worker& worker, const TokenRecipe& recipe,
                                            TimePoint deadline, net::CancelSlot& slot) {
    const auto& source = recipe.assertion;
    switch (source.kind) {
        case AssertionSource::Kind::none:
            co_return std::string();
        case AssertionSource::Kind::text:
            co_return source.text.reveal();
        case AssertionSource::Kind::file:
            co_return co_await read_file(worker, source.file);
        case AssertionSource::Kind::call:
            break;
    }
    auto answer = co_await ask(worker, source.call, {}, "the identity provider", deadline, slot);
    if (!answer) co_return answer;
    co_return read_assertion(*answer, source.answer_member);
}

/// Names whom the connection was for: these errors reach clients of another upstream.
GatewayError explained(GatewayError error, const TokenRecipe& recipe) {
    if (error.source != ErrorSource::upstream) return error;
    error.source = ErrorSource::gateway;
    error.message = "no access token from " + recipe.issuer + ": " + error.message;
    return error;
}

}  // namespace

struct TokenSource::Entry {
    KeptToken token;
    std::shared_ptr<Round> round;  // while a fetch is under way
};

TokenSource::TokenSource(net::Worker& worker) : worker_(worker) {}

TokenSource::~TokenSource() = default;

std::shared_ptr<TokenSource::Entry> TokenSource::entry_of(const TokenRecipe& recipe,
                                                          TimePoint now) {
    if (const auto found = entries_.find(recipe.key); found != entries_.end()) return found->second;
    if (entries_.size() >= kMostEntries)
        std::erase_if(entries_, [now](const auto& named) {
            return named.second->round == nullptr && named.second->token.is_expired(now);
        });
    return entries_.emplace(recipe.key, std::make_shared<Entry>()).first->second;
}

net::Task<Result<std::string>> TokenSource::current(const TokenRecipe& recipe, TimePoint deadline,
                                                    net::CancelSlot& slot) {
    // Kept alive here: an entry may be dropped from the table while somebody waits for it.
    const auto kept = entry_of(recipe, Clock::now());
    auto& entry = *kept;
    for (;;) {
        if (entry.token.is_usable(Clock::now(), entry.round != nullptr))
            co_return entry.token.text();
        if (entry.round == nullptr) co_return co_await fetch(entry, recipe, deadline, slot);
        if (auto waited = co_await await_fetch(entry, deadline, slot); !waited)
            co_return std::unexpected(waited.error());
    }
}

net::Task<Result<void>> TokenSource::authorize(UpstreamHead& head, const TokenRecipe& recipe,
                                               TimePoint deadline, net::CancelSlot& slot) {
    const auto token = co_await current(recipe, deadline, slot);
    if (!token) co_return std::unexpected(token.error());
    head.headers += "Authorization: Bearer " + *token + "\r\n";
    co_return Result<void>{};
}

/// Until whoever fetches is done; its failure is everybody's.
net::Task<Result<void>> TokenSource::await_fetch(Entry& entry, TimePoint deadline,
                                                 net::CancelSlot& slot) {
    const auto round = entry.round;
    net::Wake wake(worker_.context());
    round->waiters.push_back(&wake);
    slot.set(&wake);
    const auto reason = co_await wake.wait_until(deadline);
    slot.set(nullptr);
    std::erase(round->waiters, &wake);
    if (reason == net::Wake::Reason::cancelled) co_return cancelled();
    if (reason == net::Wake::Reason::timed_out)
        co_return fail(ErrorKind::timeout, "the access token did not come in time",
                       ErrorSource::gateway);
    if (round->failure) co_return std::unexpected(*round->failure);
    co_return Result<void>{};
}

net::Task<Result<std::string>> TokenSource::fetch(Entry& entry, const TokenRecipe& recipe,
                                                  TimePoint deadline, net::CancelSlot& slot) {
    /// Wakes those who wait, on every way out.
    struct Fetching {
        explicit Fetching(Entry& its_entry) : entry(its_entry) {
            entry.round = std::make_shared<Round>();
        }
        Fetching(const Fetching&) = delete;
        Fetching& operator=(const Fetching&) = delete;
        ~Fetching() {
            const auto round = std::move(entry.round);
            entry.round = nullptr;
            for (auto* waiter : round->waiters) waiter->wake();
        }
        Entry& entry;
    };
    Fetching fetching(entry);
    deadline = std::min(deadline, after(Clock::now(), kFetchTimeout));
    const auto asked_at = Clock::now();
    auto assertion = co_await assertion_of(worker_, recipe, deadline, slot);
    Result<std::string> answer = std::move(assertion);
    if (answer)
        answer = co_await ask(worker_, recipe.call, form_body(recipe.call, *answer), recipe.issuer,
                              deadline, slot);
    auto token = answer ? read_token(*answer, recipe.issuer)
                        : Result<Token>(std::unexpected(answer.error()));
    if (token) {
        // Also where its life is too short to be kept.
        auto text = token->text;
        entry.token.take(std::move(*token), asked_at);
        co_return text;
    }
    if (token.error().kind == ErrorKind::client_closed) co_return std::unexpected(token.error());
    if (entry.token.outlives_failure(Clock::now())) co_return entry.token.text();
    entry.round->failure = explained(std::move(token.error()), recipe);
    co_return std::unexpected(*entry.round->failure);
}

}  // namespace tollweir
