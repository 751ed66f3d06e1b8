#include "config/setting_readers.hpp"

namespace tollweir {

SiteConfig read_site(const LoadContext& context) {
    const Section general = section_of(context, "general_settings");
    const Section litellm = section_of(context, "litellm_settings");
    const Section variables = variables_of(context);
    const auto text = [&](std::string_view name) { return variables.text(name).value_or(""); };
    const auto is_on = [&](std::string_view name) {
        return variables.boolean(name).value_or(false);
    };
    SiteConfig site;
    set_from(general.text("ui_access_mode"), site.ui_access_mode);
    set_from(general.boolean("enable_public_model_hub"), site.has_public_model_hub);
    site.mcp_management_mode = general.text("user_mcp_management_mode").value_or("");
    site.control_plane_url = general.url("control_plane_url").value_or("");
    site.public_model_groups = litellm.texts("public_model_groups");
    site.public_links = litellm.pairs("public_model_groups_links");
    site.base_url = variables.url("PROXY_BASE_URL").value_or("");
    site.docs_url = text("DOCS_URL");
    site.redoc_url = text("REDOC_URL");
    site.has_docs = !is_on("NO_DOCS");
    site.has_redoc = !is_on("NO_REDOC");
    site.root_redirect = text("ROOT_REDIRECT_URL");
    site.has_admin_ui = !is_on("DISABLE_ADMIN_UI");
    site.ui_username = text("UI_USERNAME");
    site.ui_password = variables.secret("UI_PASSWORD");
    site.admin_id = text("PROXY_ADMIN_ID");
    site.has_health_port = is_on("SEPARATE_HEALTH_APP");
    if (const auto port = variables.integer("SEPARATE_HEALTH_PORT", 1, 65'535))
        site.health_port = static_cast<std::uint16_t>(*port);
    return site;
}

}  // namespace tollweir
