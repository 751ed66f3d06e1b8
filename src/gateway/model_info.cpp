#include "tollweir/gateway/model_info.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "tollweir/auth/permissions.hpp"
#include "tollweir/core/capability.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/price_field.hpp"
#include "tollweir/gateway/supported_params.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

namespace {

// Which LiteLLM shows whether they are known or not.
constexpr PriceUnit kShownUnits[] = {
    PriceUnit::input_token,
    PriceUnit::output_token,
    PriceUnit::cache_read_token,
    PriceUnit::cache_write_token,
    PriceUnit::input_audio_token,
    PriceUnit::output_audio_token,
    PriceUnit::reasoning_token,
    PriceUnit::input_character,
    PriceUnit::output_character,
    PriceUnit::input_second,
    PriceUnit::output_second,
    PriceUnit::output_image,
    PriceUnit::query,
};

bool sees_all(const Identity& caller) {
    return caller.role() == UserRole::proxy_admin || caller.role() == UserRole::proxy_admin_viewer;
}

bool may_use(const Identity& caller, const ModelGroup& group) {
    if (const auto team = team_of(group); !team.empty()) {
        if (sees_all(caller)) return true;
        if (team != caller.team_id()) return false;
    }
    return !caller.key || permit_model(*caller.key, {group.name, group.name, group.access_groups});
}

void write_count(JsonWriter& json, const std::optional<std::int64_t>& count) {
    count ? json.number(*count) : json.null();
}

void write_text(JsonWriter& json, std::string_view text) {
    text.empty() ? json.null() : json.string(text);
}

bool is_search(PriceUnit unit) {
    return unit == PriceUnit::search_low || unit == PriceUnit::search_medium ||
           unit == PriceUnit::search_high;
}

void write_search_cost(JsonWriter& json, const ModelPrice& price) {
    json.begin_object();
    for (const auto& [unit, name] :
         {std::pair(PriceUnit::search_low, "search_context_size_low"),
          std::pair(PriceUnit::search_medium, "search_context_size_medium"),
          std::pair(PriceUnit::search_high, "search_context_size_high")})
        if (const auto* rate = price.find(unit, ServiceTier::standard, 0))
            json.key(name).number(to_double_price(rate->price));
    json.end_object();
}

void write_brackets(JsonWriter& json, const ModelPrice& price) {
    json.begin_array();
    for (const auto& bracket : price.brackets) {
        json.begin_object();
        const auto range = bracket.query ? "max_results_range" : "range";
        json.key(range).begin_array().number(bracket.from).number(bracket.to).end_array();
        const auto write = [&](std::string_view name, const std::optional<Femtodollars>& one) {
            if (one) json.key(name).number(to_double_price(*one));
        };
        write("input_cost_per_token", bracket.input);
        write("output_cost_per_token", bracket.output);
        write("output_cost_per_reasoning_token", bracket.reasoning);
        write("cache_read_input_token_cost", bracket.cache_read);
        write("input_cost_per_query", bracket.query);
        json.end_object();
    }
    json.end_array();
}

/// `true`, `false` where that is known, else null.
void write_flag(JsonWriter& json, const ModelPrice& price, Capability capability) {
    const auto bit = bit_of(capability);
    if ((price.supports & bit) != 0) {
        json.boolean(true);
    } else if ((price.lacks & bit) != 0) {
        json.boolean(false);
    } else {
        json.null();
    }
}

/// The members of one `model_info`: the file's first, which win.
class InfoWriter {
public:
    InfoWriter(JsonWriter& json, std::string_view info_json)
        : json_(json), stated_(json_members(info_json).value_or(JsonParts{})) {}

    void write(const Deployment& deployment) {
        json_.begin_object();
        for (const auto& [name, value] : stated_) json_.key(name).raw(value);
        if (deployment.price) write_price(*deployment.price);
        if (is_new("supported_openai_params")) write_params(deployment);
        json_.end_object();
    }

private:
    /// Begins a member, unless the file has it.
    bool is_new(std::string_view name) {
        if (!find_part(stated_, name).empty()) return false;
        json_.key(name);
        return true;
    }

    void write_price(const ModelPrice& price) {
        if (is_new("key")) write_text(json_, price.key);
        if (is_new("mode")) json_.string(price.mode);
        if (is_new("litellm_provider")) write_text(json_, price.provider);
        if (is_new("max_tokens")) write_count(json_, price.reply_limit());
        if (is_new("max_input_tokens")) write_count(json_, price.max_input_tokens);
        if (is_new("max_output_tokens")) write_count(json_, price.max_output_tokens);
        write_rates(price);
        if (is_new("search_context_cost_per_query"))
            price.has(PriceUnit::search_medium) ? write_search_cost(json_, price)
                                                : (void)json_.null();
        if (is_new("tiered_pricing"))
            price.brackets.empty() ? (void)json_.null() : write_brackets(json_, price);
        if (is_new("output_vector_size")) write_count(json_, price.output_vector_size);
        if (is_new("rpm")) write_count(json_, price.rpm);
        if (is_new("tpm")) write_count(json_, price.tpm);
        for (const auto& name : capability_names())
            if (name.field.starts_with("supports_") && is_new(name.field))
                write_flag(json_, price, name.capability);
        if (!price.deprecation_date.empty() && is_new("deprecation_date"))
            json_.string(price.deprecation_date);
        for (const auto& [name, value] : price.others)
            if (is_new(name)) json_.raw(value);
    }

    void write_rates(const ModelPrice& price) {
        for (const auto unit : kShownUnits) {
            const Rate plain{unit, ServiceTier::standard, 0, 0};
            const auto* rate = price.find(unit, ServiceTier::standard, 0);
            if (rate == nullptr && is_new(rate_name(plain))) json_.null();
        }
        for (const auto& rate : price.rates())
            if (!is_search(rate.unit) && is_new(rate_name(rate)))
                json_.number(to_double_price(rate.price));
    }

    void write_params(const Deployment& deployment) {
        GroupMatch match;
        match.only = &deployment;
        json_.begin_array();
        for (const auto name : supported_params(match, deployment.model)) json_.string(name);
        json_.end_array();
    }

    JsonWriter& json_;
    JsonParts stated_;
};

void write_deployment(JsonWriter& json, const Deployment& deployment) {
    json.begin_object().key("model_name").string(deployment.group);
    json.key("litellm_params").raw(deployment.params_json).key("model_info");
    InfoWriter(json, deployment.info_json).write(deployment);
    json.end_object();
}

/// A row of the store that serves nothing, so that whoever looks for it learns why.
void write_skipped(JsonWriter& json, const SkippedModel& model) {
    json.begin_object().key("model_name").string(model.group);
    json.key("litellm_params").begin_object().end_object().key("model_info").begin_object();
    json.key("id").string(model.id).key("db_model").boolean(true);
    json.key("blocked").boolean(model.why == SkippedModel::Why::paused);
    json.key("tollweir_left_out").string(model.reason).end_object().end_object();
}

std::vector<const SkippedModel*> skipped_for(const Snapshot& snapshot, const Identity& caller) {
    std::vector<const SkippedModel*> all;
    if (sees_all(caller))
        for (const auto& model : snapshot.skipped_models()) all.push_back(&model);
    return all;
}

GatewayError unknown_id(std::string_view id) {
    GatewayError error(ErrorKind::bad_request, ErrorSource::client,
                       "Model id = " + std::string(id) + " not found on litellm proxy");
    error.param_json = "\"litellm_model_id\"";
    return error;
}

/// What the deployments of a group have in common with LiteLLM's view of it.
struct GroupFacts {
    std::vector<std::string_view> providers;
    std::optional<std::int64_t> max_input;
    std::optional<std::int64_t> max_output;
    std::optional<Femtodollars> input;
    std::optional<Femtodollars> output;
    std::int64_t rpm = 0;
    std::int64_t tpm = 0;
    std::string mode;
    Capabilities supports = 0;
};

template <class T>
void raise(std::optional<T>& most, const std::optional<T>& value) {
    if (value && (!most || *value > *most)) most = value;
}

std::optional<Femtodollars> plain_price(const ModelPrice& price, PriceUnit unit) {
    const auto* rate = price.find(unit, ServiceTier::standard, 0);
    return rate == nullptr ? std::nullopt : std::optional(rate->price);
}

GroupFacts facts_of(const ModelGroup& group) {
    GroupFacts facts;
    for (const auto* deployment : group.deployments) {
        const auto provider = deployment->provider->name();
        if (std::ranges::find(facts.providers, provider) == facts.providers.end())
            facts.providers.push_back(provider);
        facts.rpm += deployment->rpm;
        facts.tpm += deployment->tpm;
        if (facts.mode.empty()) facts.mode = deployment->mode;
        const auto& price = deployment->price;
        if (!price) continue;
        if (facts.mode.empty()) facts.mode = price->mode;
        raise(facts.max_input, price->max_input_tokens);
        raise(facts.max_output, price->reply_limit());
        raise(facts.input, plain_price(*price, PriceUnit::input_token));
        raise(facts.output, plain_price(*price, PriceUnit::output_token));
        facts.supports |= price->supports;
    }
    return facts;
}

void write_group(JsonWriter& json, const ModelGroup& group) {
    const auto facts = facts_of(group);
    const auto price = [&](std::string_view name, const std::optional<Femtodollars>& value) {
        json.key(name);
        value ? json.number(to_double_price(*value)) : json.null();
    };
    json.begin_object().key("model_group").string(group.name).key("providers").begin_array();
    for (const auto provider : facts.providers) json.string(provider);
    json.end_array().key("max_input_tokens");
    write_count(json, facts.max_input);
    json.key("max_output_tokens");
    write_count(json, facts.max_output);
    price("input_cost_per_token", facts.input);
    price("output_cost_per_token", facts.output);
    json.key("mode");
    write_text(json, facts.mode);
    json.key("tpm");
    facts.tpm > 0 ? json.number(facts.tpm) : json.null();
    json.key("rpm");
    facts.rpm > 0 ? json.number(facts.rpm) : json.null();
    for (const auto& name : capability_names())
        if (name.field.starts_with("supports_"))
            json.key(name.field).boolean((facts.supports & bit_of(name.capability)) != 0);
    json.key("supported_openai_params").begin_array();
    for (const auto name : supported_params({&group, nullptr, {}}, group.name)) json.string(name);
    json.end_array();
    const auto params = json_members(group.deployments.front()->params_json);
    const auto own =
        params ? find_part(*params, "configurable_clientside_auth_params") : std::string_view{};
    json.key("configurable_clientside_auth_params").raw(own.empty() ? "null" : own);
    json.key("is_public_model_group").boolean(false).end_object();
}

}  // namespace

std::vector<const Deployment*> deployments_for(const Snapshot& snapshot, const Identity& caller) {
    std::vector<const Deployment*> all;
    for (const auto* group : snapshot.groups())
        if (may_use(caller, *group))
            all.insert(all.end(), group->deployments.begin(), group->deployments.end());
    return all;
}

Result<std::string> show_model_info(const Snapshot& snapshot, const Identity& caller,
                                    std::string_view id) {
    std::string out;
    JsonWriter json(out);
    bool found = false;
    json.begin_object().key("data").begin_array();
    for (const auto* deployment : deployments_for(snapshot, caller)) {
        if (!id.empty() && deployment->id != id) continue;
        found = true;
        write_deployment(json, *deployment);
    }
    for (const auto* model : skipped_for(snapshot, caller)) {
        if (!id.empty() && model->id != id) continue;
        found = true;
        write_skipped(json, *model);
    }
    if (!id.empty() && !found) return std::unexpected(unknown_id(id));
    json.end_array().end_object();
    return out;
}

std::string show_model_info_page(const Snapshot& snapshot, const Identity& caller, std::size_t page,
                                 std::size_t size, std::string_view search) {
    auto all = deployments_for(snapshot, caller);
    std::erase_if(all, [search](const auto* one) { return !one->group.contains(search); });
    auto skipped = skipped_for(snapshot, caller);
    std::erase_if(skipped, [search](const auto* one) { return !one->group.contains(search); });
    const auto total = all.size() + skipped.size();
    const auto begin = std::min(total, (page - 1) * size);
    const auto end = std::min(total, begin + size);
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("data").begin_array();
    for (auto i = begin; i < end; ++i)
        i < all.size() ? write_deployment(json, *all[i])
                       : write_skipped(json, *skipped[i - all.size()]);
    json.end_array().key("total_count").number(total).key("current_page").number(page);
    json.key("total_pages").number((total + size - 1) / size).key("size").number(size);
    json.end_object();
    return out;
}

std::string show_group_info(const Snapshot& snapshot, const Identity& caller,
                            std::string_view group) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("data").begin_array();
    if (group.empty()) {
        for (const auto* one : snapshot.groups())
            if (may_use(caller, *one)) write_group(json, *one);
    } else if (const auto match = snapshot.find_group(group, caller.team_id());
               match && may_use(caller, *match->group)) {
        write_group(json, *match->group);
    }
    json.end_array().end_object();
    return out;
}

}  // namespace tollweir
