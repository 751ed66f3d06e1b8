#include "tollweir/gateway/routes.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <vector>

namespace tollweir {

namespace {

constexpr std::uint8_t kGet = static_cast<std::uint8_t>(Method::get);
constexpr std::uint8_t kPost = static_cast<std::uint8_t>(Method::post);
constexpr std::uint8_t kAll = 31;

constexpr Route model_call(std::string_view path, Endpoint endpoint) {
    return {path, kPost, Handler::model_call, Access::data, endpoint};
}

constexpr Route later(std::string_view path, Access access) {
    return {path, kAll, Handler::not_built, access};
}

constexpr auto kChat = Endpoint::chat_completions;
constexpr auto kText = Endpoint::completions;
constexpr auto kEmbed = Endpoint::embeddings;
constexpr auto kModerate = Endpoint::moderations;

constexpr Route kRoutes[] = {
    model_call("/v1/chat/completions", kChat),
    model_call("/chat/completions", kChat),
    model_call("/engines/{model}/chat/completions", kChat),
    model_call("/openai/deployments/{model}/chat/completions", kChat),
    model_call("/v1/completions", kText),
    model_call("/completions", kText),
    model_call("/engines/{model}/completions", kText),
    model_call("/openai/deployments/{model}/completions", kText),
    model_call("/v1/embeddings", kEmbed),
    model_call("/embeddings", kEmbed),
    model_call("/engines/{model}/embeddings", kEmbed),
    model_call("/openai/deployments/{model}/embeddings", kEmbed),
    model_call("/v1/moderations", kModerate),
    model_call("/moderations", kModerate),
    {"/v1/models", kGet, Handler::models, Access::data},
    {"/models", kGet, Handler::models, Access::data},
    {"/v1/models/{model}", kGet, Handler::model, Access::data},
    {"/models/{model}", kGet, Handler::model, Access::data},
    {"/health/liveliness", kGet, Handler::liveness, Access::open},
    {"/health/liveness", kGet, Handler::liveness, Access::open},
    {"/health/readiness", kGet, Handler::readiness, Access::open},
    {"/health", kGet, Handler::health, Access::open},
    {"/test", kGet, Handler::test, Access::open},
    {"/", kGet, Handler::home, Access::open},
    {"/routes", kGet, Handler::routes, Access::open},
    {"/metrics", kGet, Handler::metrics, Access::metrics},
    {"/utils/supported_openai_params", kGet, Handler::supported_params, Access::data},
    // Of LiteLLM's surface, for later parts (docs/status.md).
    later("/v1/responses", Access::data),
    later("/responses", Access::data),
    later("/v1/messages", Access::data),
    later("/v1/images/{model}", Access::data),
    later("/images/{model}", Access::data),
    later("/v1/audio/{model}", Access::data),
    later("/audio/{model}", Access::data),
    later("/v1/rerank", Access::data),
    later("/v2/rerank", Access::data),
    later("/rerank", Access::data),
    later("/v1/files", Access::data),
    later("/v1/files/{model}", Access::data),
    later("/v1/batches", Access::data),
    later("/v1/batches/{model}", Access::data),
    later("/v1/realtime", Access::data),
    later("/model/info", Access::data),
    later("/v1/model/info", Access::data),
    later("/model_group/info", Access::data),
    later("/utils/{model}", Access::data),
    later("/key/{model}", Access::admin),
    later("/user/{model}", Access::admin),
    later("/team/{model}", Access::admin),
    later("/customer/{model}", Access::admin),
    later("/end_user/{model}", Access::admin),
    later("/organization/{model}", Access::admin),
    later("/budget/{model}", Access::admin),
    later("/tag/{model}", Access::admin),
    later("/spend/{model}", Access::admin),
    later("/global/{model}", Access::admin),
    later("/model/{model}", Access::admin),
    later("/config/{model}", Access::admin),
    later("/credentials", Access::admin),
    later("/cache/{model}", Access::admin),
    later("/health/services", Access::admin),
    later("/debug/explain", Access::admin),
};

constexpr std::string_view kModel = "{model}";

struct Table {
    std::unordered_map<std::string_view, std::vector<std::size_t>> exact;
    std::vector<std::size_t> with_model;  // longest fixed text first

    Table() {
        for (std::size_t i = 0; i < std::size(kRoutes); ++i)
            if (kRoutes[i].path.contains(kModel))
                with_model.push_back(i);
            else
                exact[kRoutes[i].path].push_back(i);
        std::ranges::sort(with_model, std::greater{},
                          [](std::size_t i) { return kRoutes[i].path.size(); });
    }
};

const Table& table() {
    static const Table instance;
    return instance;
}

std::uint8_t method_bit(std::string_view method) {
    if (method == "GET" || method == "HEAD") return kGet;
    if (method == "POST") return kPost;
    if (method == "PUT") return static_cast<std::uint8_t>(Method::put);
    if (method == "PATCH") return static_cast<std::uint8_t>(Method::patch);
    if (method == "DELETE") return static_cast<std::uint8_t>(Method::del);
    return 0;
}

bool needs_cleaning(std::string_view path) {
    return path.contains("//") || (path.size() > 1 && path.ends_with('/'));
}

std::string cleaned(std::string_view path) {
    std::string out;
    for (const char c : path)
        if (c != '/' || out.empty() || out.back() != '/') out += c;
    if (out.size() > 1 && out.back() == '/') out.pop_back();
    return out;
}

/// What `{model}` takes of `path`; empty if the path does not fit.
std::string_view captured(std::string_view pattern, std::string_view path) {
    const auto at = pattern.find(kModel);
    const auto before = pattern.substr(0, at);
    const auto after = pattern.substr(at + kModel.size());
    if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
        !path.ends_with(after))
        return {};
    return path.substr(before.size(), path.size() - before.size() - after.size());
}

}  // namespace

std::span<const Route> routes() {
    return kRoutes;
}

RouteMatch find_route(std::string_view method, std::string_view path) {
    std::string clean;
    if (needs_cleaning(path)) {
        clean = cleaned(path);
        path = clean;
    }
    const auto bit = method_bit(method);
    RouteMatch match;
    const auto consider = [&](std::size_t index) {
        const auto& route = kRoutes[index];
        const bool fits = (route.methods & bit) != 0;
        if (!fits && match.route != nullptr) return false;
        match.route = &route;
        match.index = index;
        match.wrong_method = !fits;
        return fits;
    };
    if (const auto found = table().exact.find(path); found != table().exact.end()) {
        for (const auto index : found->second)
            if (consider(index)) break;
        return match;
    }
    for (const auto index : table().with_model) {
        const auto model = captured(kRoutes[index].path, path);
        if (model.empty()) continue;
        const bool fits = consider(index);
        match.model = percent_decode(model);
        if (fits) break;
    }
    return match;
}

std::string allowed_methods(const Route& route) {
    std::uint8_t methods = 0;
    for (const auto& other : kRoutes)
        if (other.path == route.path) methods |= other.methods;
    std::string out;
    const auto add = [&](std::uint8_t bit, std::string_view names) {
        if ((methods & bit) != 0) out.append(out.empty() ? "" : ", ").append(names);
    };
    add(static_cast<std::uint8_t>(Method::del), "DELETE");
    add(kGet, "GET, HEAD");
    add(static_cast<std::uint8_t>(Method::patch), "PATCH");
    add(kPost, "POST");
    add(static_cast<std::uint8_t>(Method::put), "PUT");
    return out + ", OPTIONS";
}

std::string percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const auto* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const auto amp = query.find('&');
        const auto pair = query.substr(0, amp);
        const auto equal = pair.find('=');
        if (pair.substr(0, equal) == name)
            return equal == pair.npos ? std::string() : percent_decode(pair.substr(equal + 1));
        query = amp == query.npos ? std::string_view{} : query.substr(amp + 1);
    }
    return {};
}

}  // namespace tollweir
