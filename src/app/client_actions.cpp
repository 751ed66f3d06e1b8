#include "tollweir/app/client_actions.hpp"

#include <cstdio>

#include "tollweir/app/gateway_client.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {

namespace {

/// The gateway that this command line would start, asked on this machine.
GatewayAddress address_of(const CommandLine& command_line, const Environment& environment) {
    const auto& host = command_line.host;
    const bool wildcard = host == "0.0.0.0" || host == "::" || host == "[::]";
    auto name = wildcard ? std::string("localhost") : host;
    if (name.contains(':') && !name.starts_with('[')) name = "[" + name + "]";
    GatewayAddress gateway;
    const auto url = "http://" + name + ":" + std::to_string(command_line.port);
    if (auto base = parse_gateway_url(url)) gateway.base = std::move(*base);
    gateway.key = Secret(environment("LITELLM_MASTER_KEY").value_or(""));
    return gateway;
}

/// Nothing: stderr says why there is no answer.
std::optional<GatewayAnswer> call(const CommandLine& command_line, const Environment& environment,
                                  std::string_view method, std::string_view path,
                                  const std::string& body) {
    const auto gateway = address_of(command_line, environment);
    auto answer = ask_gateway(gateway, environment, method, path, body);
    if (answer) return std::move(*answer);
    std::fprintf(stderr, "tollweir: no gateway answers at %s\n", answer.error().c_str());
    return std::nullopt;
}

}  // namespace

int show_health(const CommandLine& command_line, const Environment& environment) {
    const auto answer = call(command_line, environment, "GET", "/health", "");
    if (!answer) return 1;
    std::printf("%s\n", answer->body.c_str());
    return answer->status == 200 ? 0 : 1;
}

int send_samples(const CommandLine& command_line, const Environment& environment) {
    std::string model;
    append_json_string(model, command_line.overrides.model.value_or("gpt-3.5-turbo"));
    const auto chat =
        "{\"model\":" + model +
        R"(,"messages":[{"role":"user","content":"Write a short poem"}],"max_tokens":64)";
    struct Sample {
        const char* name;
        const char* path;
        std::string body;
    };
    const Sample samples[] = {
        {"chat", "/v1/chat/completions", chat + "}"},
        {"chat stream", "/v1/chat/completions", chat + R"(,"stream":true})"},
        {"completion", "/v1/completions",
         "{\"model\":" + model + R"(,"prompt":"Write a short poem","max_tokens":64})"},
    };
    bool all_well = true;
    for (const auto& [name, path, body] : samples) {
        const auto answer = call(command_line, environment, "POST", path, body);
        if (!answer) return 1;
        std::printf("%s: status %d\n%s\n\n", name, answer->status, answer->body.c_str());
        all_well = all_well && answer->status == 200;
    }
    return all_well ? 0 : 1;
}

}  // namespace tollweir
