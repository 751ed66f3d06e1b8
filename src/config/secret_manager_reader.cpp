#include <array>

#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 8> kSystems = {
    "aws_secret_manager", "aws_kms",         "azure_key_vault", "google_secret_manager",
    "google_kms",         "hashicorp_vault", "cyberark",        "local"};
constexpr std::array<std::string_view, 3> kAccess = {"read_only", "write_only", "read_and_write"};

std::optional<SecretManager> read_system(const Section& general) {
    const auto name = general.text("key_management_system");
    if (name != "custom") return general.choice<SecretManager>("key_management_system", kSystems);
    general.error("key_management_system",
                  "`custom` is Python code, which cannot run here; take the key out to use the "
                  "environment");
    return std::nullopt;
}

}  // namespace

SecretManagerConfig read_secret_manager(const LoadContext& context) {
    const Section general = section_of(context, "general_settings");
    const Section settings = general.section("key_management_settings");
    SecretManagerConfig config;
    config.system = read_system(general);
    if (settings.list("hosted_keys") != nullptr) config.hosted_keys = settings.texts("hosted_keys");
    set_from(settings.boolean("store_virtual_keys"), config.stores_virtual_keys);
    set_from(settings.text("prefix_for_stored_virtual_keys"), config.virtual_key_prefix);
    set_from(settings.choice<SecretManagerConfig::Access>("access_mode", kAccess), config.access);
    config.primary_secret_name = settings.text("primary_secret_name").value_or("");
    config.description = settings.text("description").value_or("");
    if (const Node* tags = settings.map("tags")) config.tags_json = to_json(*tags);
    return config;
}

}  // namespace tollweir
