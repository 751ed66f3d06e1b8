#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/config.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// A model as the store has it: what counts of a row of LiteLLM_ProxyModelTable.
struct StoredModel {
    std::string id;
    std::string name;         // `model_name`
    std::string params_json;  // `litellm_params`: an object, its texts sealed (core/seal)
    std::string info_json;    // `model_info`: an object; empty: none
    bool blocked = false;     // paused: kept, and not called

    friend bool operator==(const StoredModel&, const StoredModel&) = default;
};

/// A row that serves nothing, and why.
struct SkippedModel {
    enum class Why : std::uint8_t {
        sealed,     // it cannot be decrypted
        invalid,    // no deployment can be made of it
        paused,     // somebody blocked it
        elsewhere,  // it is for another environment
    };

    std::string id;
    std::string group;
    Why why = Why::invalid;
    std::string reason;  // for the log and for administrators: no secret

    friend bool operator==(const SkippedModel&, const SkippedModel&) = default;
};

struct ReadModels {
    std::vector<Deployment> deployments;
    std::vector<SkippedModel> skipped;
};

/// What of a load the store's models are read with: credentials, defaults, variables, ids that are
/// taken. Immutable.
struct ModelBase;

/// Reads rows as entries of `model_list` that stand behind the file's. A row that cannot be read is
/// skipped, and the others are not concerned. References to variables are resolved in them, since
/// another program's API took them; but no credential of the environment is added to an address
/// that the row names. spec/config.md 8.2.
ReadModels read_stored_models(const ModelBase& base, std::span<const StoredModel> models,
                              const Secret& seal_key);

/// LITELLM_SALT_KEY, or else the master key. Empty: nothing can be sealed.
const Secret& seal_key_of(const Config& config);

/// Whether models are read from the store: `store_model_in_db`, unless `supported_db_objects`
/// leaves them out.
bool stores_models(const Config& config);

/// The object with each text that it holds itself sealed, as LiteLLM does; what is nested stays.
std::string seal_params(const JsonFields& params, const Secret& seal_key);
/// The way back. Errors (`bad_request`): a text was sealed with another key, or this is no object.
Result<JsonFields> unseal_params(std::string_view params_json, const Secret& seal_key);
/// A row's `litellm_params` for people: sealed texts as they are, without nested secrets.
std::string shown_sealed_params(std::string_view params_json);
/// A row's `model_info` without secrets.
std::string shown_info(std::string_view info_json);

/// Whether a parameter holds a credential, by its name.
bool is_credential_param(std::string_view name);

}  // namespace tollweir
