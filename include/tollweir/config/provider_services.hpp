#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/core/deployment_policy.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// Credentials of a provider for what is not tied to a model; items of `files_settings` and
/// `finetune_settings`, and `assistant_settings`.
struct ProviderAccess {
    std::string provider;
    Secret api_key;
    std::string api_base;
    std::string api_version;
    std::string others_json = "{}";  // further parameters; secret

    friend bool operator==(const ProviderAccess&, const ProviderAccess&) = default;
};

/// A web search that clients ask for by name; an item of `search_tools`.
struct SearchTool {
    std::string name;
    std::string provider;
    Secret api_key;
    std::string api_base;
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<std::int64_t> max_retries;
    std::string info_json = "{}";

    friend bool operator==(const SearchTool&, const SearchTool&) = default;
};

/// A section that is kept as it stands until its part is built: `mcp_servers`, `prompts`, ...
struct ReservedSection {
    std::string name;
    std::string json;  // secret

    friend bool operator==(const ReservedSection&, const ReservedSection&) = default;
};

struct ProviderServices {
    std::vector<ProviderAccess> files;
    std::vector<ProviderAccess> finetuning;
    std::optional<ProviderAccess> assistants;
    VertexAccess vertex;  // default_vertex_config
    std::vector<SearchTool> search_tools;
    std::vector<ReservedSection> reserved;

    friend bool operator==(const ProviderServices&, const ProviderServices&) = default;
};

}  // namespace tollweir
