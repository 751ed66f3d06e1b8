#include <algorithm>
#include <array>
#include <set>

#include "config/scalar.hpp"
#include "config/setting_readers.hpp"
#include "tollweir/config/api_base.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "POST", "PUT",    "DELETE",
                                                      "PATCH", "HEAD", "OPTIONS"};

std::string read_path(const Section& item) {
    const auto path = item.text("path");
    if (!path || path->empty()) {
        if (path || item.find("path") == nullptr)
            item.error("path", "is missing: the path that clients ask for");
        return {};
    }
    const bool is_plain = std::ranges::all_of(*path, [](char c) {
        return c > ' ' && c < '\x7f' && !std::string_view("?#\\\"").contains(c);
    });
    if (path->starts_with('/') && is_plain) return *path;
    item.error("path", "expected a path that begins with /, found " + describe(*item.find("path")));
    return {};
}

void read_target(const Section& item, PassThroughEndpoint& endpoint) {
    const auto target = item.text("target");
    if (!target || target->empty()) {
        if (target || item.find("target") == nullptr)
            item.error("target", "is missing: the URL that the path leads to");
        return;
    }
    auto parsed = parse_api_base(trimmed(*target));
    if (!parsed) {
        item.error("target", "not a usable URL: " + parsed.error());
        return;
    }
    endpoint.target = std::move(parsed->text);
    endpoint.target_origin = std::move(parsed->origin);
    endpoint.target_path = std::move(parsed->path);
    endpoint.target_query = std::move(parsed->query);
}

std::vector<std::string> read_methods(const Section& item) {
    std::vector<std::string> methods;
    for (auto& method : item.texts("methods")) {
        for (char& c : method)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (std::ranges::find(kMethods, method) == kMethods.end()) {
            item.error("methods", "no method is called `" + method.substr(0, 60) + "`");
        } else {
            methods.push_back(std::move(method));
        }
    }
    return methods;
}

PassThroughEndpoint read_endpoint(const Section& item) {
    PassThroughEndpoint endpoint;
    endpoint.id = item.text("id").value_or("");
    endpoint.path = read_path(item);
    read_target(item, endpoint);
    endpoint.headers = item.headers("headers");
    set_from(item.boolean("forward_headers"), endpoint.forwards_headers);
    set_from(item.boolean("merge_query_params"), endpoint.merges_query);
    endpoint.default_query = item.pairs("default_query_params");
    set_from(item.boolean("include_subpath"), endpoint.includes_subpaths);
    if (item.list("methods") != nullptr) endpoint.methods = read_methods(item);
    set_from(item.dollars("cost_per_request"), endpoint.cost_per_request);
    const auto auth = item.boolean("auth");
    set_from(auth, endpoint.needs_key);
    if (auth == false)
        item.warn("auth", "anybody who reaches the gateway can use " + endpoint.path +
                              " with the headers given here");
    endpoint.guardrails_json = item.json("guardrails");
    return endpoint;
}

/// Of two with the same path and method only one could be served.
void check_unique(const Section& item, const PassThroughEndpoint& endpoint,
                  std::set<std::string>& taken) {
    for (const auto& method : endpoint.methods)
        if (!taken.insert(method + ' ' + endpoint.path).second)
            item.error("path", method + ' ' + endpoint.path + " is served by an entry before");
}

}  // namespace

PassThroughConfig read_pass_through(const LoadContext& context) {
    const Section general = section_of(context, "general_settings");
    PassThroughConfig config;
    std::set<std::string> taken;
    for (const Section& item : general.items("pass_through_endpoints")) {
        auto endpoint = read_endpoint(item);
        if (!endpoint.path.empty()) check_unique(item, endpoint, taken);
        config.endpoints.push_back(std::move(endpoint));
    }
    set_from(general.boolean("use_client_credentials_pass_through_routes"),
             config.uses_client_credentials);
    return config;
}

}  // namespace tollweir
