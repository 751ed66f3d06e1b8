#include "tollweir/app/client_actions.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>

#include "tollweir/core/json.hpp"

namespace tollweir {

namespace {

using boost::asio::ip::tcp;

struct Answer {
    int status = 0;
    std::string body;
};

/// A blocking call over HTTP/1.0, so that the answer ends with the connection.
std::optional<Answer> call(const CommandLine& command_line, std::string_view method,
                           std::string_view path, std::string_view key, std::string_view body) {
    // Wildcard addresses are for listening; the gateway is reached on this machine.
    const bool wildcard =
        command_line.host == "0.0.0.0" || command_line.host == "::" || command_line.host == "[::]";
    const auto host = wildcard ? std::string("localhost") : command_line.host;
    boost::asio::io_context context;
    tcp::resolver resolver(context);
    tcp::socket socket(context);
    boost::system::error_code error;
    const auto addresses = resolver.resolve(host, std::to_string(command_line.port), error);
    if (!error) boost::asio::connect(socket, addresses, error);
    if (error) {
        std::fprintf(stderr, "tollweir: no gateway answers at %s:%u: %s\n", host.c_str(),
                     command_line.port, error.message().c_str());
        return std::nullopt;
    }
    std::string request;
    request.append(method).append(" ").append(path).append(" HTTP/1.0\r\nHost: ").append(host);
    if (!key.empty()) request.append("\r\nAuthorization: Bearer ").append(key);
    request.append("\r\nContent-Type: application/json\r\nContent-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n\r\n")
        .append(body);
    boost::asio::write(socket, boost::asio::buffer(request), error);
    std::string text;
    if (!error) boost::asio::read(socket, boost::asio::dynamic_buffer(text), error);
    const auto end = text.find("\r\n\r\n");
    if (end == text.npos) {
        std::fprintf(stderr, "tollweir: the gateway's answer was cut\n");
        return std::nullopt;
    }
    return Answer{std::atoi(text.c_str() + sizeof "HTTP/1.1"), text.substr(end + 4)};
}

std::string master_key(const Environment& environment) {
    return environment("LITELLM_MASTER_KEY").value_or("");
}

}  // namespace

int show_health(const CommandLine& command_line, const Environment& environment) {
    const auto answer = call(command_line, "GET", "/health", master_key(environment), "");
    if (!answer) return 1;
    std::printf("%s\n", answer->body.c_str());
    return answer->status == 200 ? 0 : 1;
}

int send_samples(const CommandLine& command_line, const Environment& environment) {
    const auto key = master_key(environment);
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
        const auto answer = call(command_line, "POST", path, key, body);
        if (!answer) return 1;
        std::printf("%s: status %d\n%s\n\n", name, answer->status, answer->body.c_str());
        all_well = all_well && answer->status == 200;
    }
    return all_well ? 0 : 1;
}

}  // namespace tollweir
