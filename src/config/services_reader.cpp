#include <algorithm>
#include <array>

#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 2> kAssistantProviders = {"openai", "azure"};

/// Kept as they stand until their parts are built. Source: spec/config.md, section 4.
constexpr std::array<std::string_view, 7> kReserved = {
    "prompts",    "policies",    "policy_attachments", "vector_store_registry",
    "agent_list", "mcp_servers", "mcp_tools"};

ProviderAccess read_access_params(const Section& params) {
    static constexpr std::array<std::string_view, 4> kOwn = {"custom_llm_provider", "api_key",
                                                             "api_base", "api_version"};
    ProviderAccess access;
    access.provider = params.text("custom_llm_provider").value_or("");
    access.api_key = params.secret("api_key");
    access.api_base = params.url("api_base").value_or("");
    access.api_version = params.text("api_version").value_or("");
    Node others = map_node();
    for (const auto& entry : params.entries())
        if (std::ranges::find(kOwn, entry.key) == kOwn.end()) others.members.push_back(entry);
    access.others_json = to_json(others);
    return access;
}

std::vector<ProviderAccess> read_access_list(const Section& top, std::string_view key) {
    std::vector<ProviderAccess> found;
    for (const Section& item : top.items(key)) {
        auto access = read_access_params(item);
        if (access.provider.empty() && item.find("custom_llm_provider") == nullptr)
            item.error("custom_llm_provider", "is missing: whose credentials these are");
        found.push_back(std::move(access));
    }
    return found;
}

std::optional<ProviderAccess> read_assistants(const Section& settings) {
    if (!settings.present()) return std::nullopt;
    auto access = read_access_params(settings.section("litellm_params"));
    const auto provider = settings.one_of("custom_llm_provider", kAssistantProviders);
    if (provider) access.provider = kAssistantProviders[*provider];
    return access;
}

void read_search_tools(const Section& section, std::vector<SearchTool>& tools) {
    for (const Section& item : section.items("search_tools")) {
        const Section params = item.section("litellm_params");
        SearchTool tool;
        tool.name = item.text("search_tool_name").value_or("");
        if (tool.name.empty() && item.find("search_tool_name") == nullptr)
            item.error("search_tool_name", "is missing: the name that clients give");
        tool.provider = params.text("search_provider").value_or("");
        tool.api_key = params.secret("api_key");
        tool.api_base = params.url("api_base").value_or("");
        tool.timeout = params.duration("timeout", std::chrono::milliseconds(1));
        tool.max_retries = params.limit("max_retries");
        if (const Node* info = item.map("search_tool_info")) tool.info_json = to_json(*info);
        tools.push_back(std::move(tool));
    }
}

void reserve(const Section& section, std::string_view key, std::string name,
             std::vector<ReservedSection>& reserved) {
    if (section.find(key) != nullptr) reserved.push_back({std::move(name), section.json(key)});
}

std::vector<ReservedSection> read_reserved(const Section& top, const Section& litellm,
                                           const Section& ours) {
    std::vector<ReservedSection> reserved;
    for (const std::string_view key :
         {"prompts", "policy_attachments", "vector_store_registry", "agent_list", "mcp_tools"})
        top.list(key);
    top.map("mcp_servers");
    litellm.map("mcp_aliases");
    for (const auto key : kReserved) reserve(top, key, std::string(key), reserved);
    reserve(litellm, "mcp_aliases", "litellm_settings.mcp_aliases", reserved);
    if (const auto folder = litellm.text("global_prompt_directory"); folder)
        reserve(litellm, "global_prompt_directory", "litellm_settings.global_prompt_directory",
                reserved);
    reserve(ours, "hooks", "tollweir_settings.hooks", reserved);
    return reserved;
}

}  // namespace

VertexAccess read_vertex(const Section& section) {
    VertexAccess vertex;
    vertex.project = section.text("vertex_project").value_or("");
    vertex.location = section.text("vertex_location").value_or("");
    const Node* credentials = section.find("vertex_credentials");
    if (credentials != nullptr && credentials->kind == Node::Kind::map) {
        vertex.credentials = Secret(to_json(*credentials));
    } else if (const auto text = section.text("vertex_credentials")) {
        vertex.credentials = Secret(*text);  // JSON may hold line ends
    }
    return vertex;
}

ProviderServices read_services(const LoadContext& context) {
    const Section top(&context.root, "", "", context.findings);
    const Section router = section_of(context, "router_settings");
    ProviderServices services;
    services.files = read_access_list(top, "files_settings");
    services.finetuning = read_access_list(top, "finetune_settings");
    services.assistants = read_assistants(section_of(context, "assistant_settings"));
    if (auto of_router = read_assistants(router.section("assistants_config"));
        of_router && !services.assistants)
        services.assistants = std::move(of_router);
    services.vertex = read_vertex(section_of(context, "default_vertex_config"));
    read_search_tools(top, services.search_tools);
    read_search_tools(router, services.search_tools);
    services.reserved = read_reserved(top, section_of(context, "litellm_settings"),
                                      section_of(context, "tollweir_settings"));
    return services;
}

}  // namespace tollweir
