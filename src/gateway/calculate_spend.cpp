#include "tollweir/gateway/calculate_spend.hpp"

#include "tollweir/core/prompt_count.hpp"
#include "tollweir/core/usage.hpp"
#include "tollweir/gateway/called_model.hpp"
#include "tollweir/gateway/json_body.hpp"
#include "tollweir/gateway/respond.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> refuse(std::string message) {
    return fail(ErrorKind::bad_request, std::move(message));
}

Result<ChargedCost> charged(const CalledModel& called, std::string_view name, const Usage& usage,
                            const CallFacts& facts = {}) {
    if (called.price == nullptr)
        return refuse("no price is known for model=" + std::string(name.substr(0, 200)));
    return charge(cost_of(*called.price, usage, facts).total, called.terms);
}

Result<ChargedCost> cost_of_prompt(const Snapshot& snapshot, const ObjectView& body,
                                   const std::string& model) {
    const auto called = find_called_model(snapshot, model);
    const bool has_messages = find_given(body, "messages") != nullptr;
    const auto tokens =
        has_messages ? count_prompt_tokens(body, Endpoint::chat_completions, called.counter) : 0;
    return charged(called, model, estimated_usage(tokens, 0));
}

Result<ChargedCost> cost_of_answer(const Snapshot& snapshot, const JsonMember& answer,
                                   std::string model) {
    ObjectView view;
    if (answer.type != JsonType::object || !view.scan(answer.value))
        return refuse("'completion_response' is not an object");
    if (model.empty()) model = text_member(view, "model");
    if (model.empty()) return refuse("'completion_response' names no model");
    const auto called = find_called_model(snapshot, model);
    CallFacts facts;
    if (const auto tier = text_member(view, "service_tier"); !tier.empty())
        facts.tier = parse_service_tier(tier);
    const auto* told = find_given(view, "usage");
    auto usage = told == nullptr ? std::nullopt : read_openai_usage(told->value);
    if (told != nullptr && !usage) return refuse("the usage of 'completion_response' is malformed");
    const auto* choices = find_given(view, "choices");
    if (!usage && choices != nullptr)
        usage = estimated_usage(0, count_choices_tokens(choices->value, called.counter));
    return charged(called, model, usage.value_or(Usage()), facts);
}

}  // namespace

Result<ChargedCost> calculate_spend(const Snapshot& snapshot, const ObjectView& body) {
    auto model = text_member(body, "model");
    if (const auto* answer = find_given(body, "completion_response"))
        return cost_of_answer(snapshot, *answer, std::move(model));
    if (!model.empty()) return cost_of_prompt(snapshot, body, model);
    return refuse("Bad Request - Either 'model' or 'completion_response' must be provided");
}

net::Task<Result<void>> show_calculated_spend(RequestContext& context) {
    ObjectView body;
    if (auto read = co_await read_json_body(context, body); !read) co_return read;
    const auto cost = calculate_spend(*context.snapshot, body);
    if (!cost) co_return std::unexpected(cost.error());
    std::string out = "{\"cost\":";
    append_python_dollars(out, cost->total);
    out += '}';
    co_return co_await respond(context, 200, kJson, out);
}

}  // namespace tollweir
