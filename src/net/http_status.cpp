#include "tollweir/net/http_status.hpp"

#include <array>

namespace tollweir::net {

namespace {

std::string_view reason(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 402:
            return "Payment Required";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Status";
    }
}

}  // namespace

std::string_view status_line(int status) {
    static const auto lines = [] {
        std::array<std::string, 600> all;
        for (int code = 100; code < 600; ++code)
            all[static_cast<std::size_t>(code)] =
                "HTTP/1.1 " + std::to_string(code) + " " + std::string(reason(code)) + "\r\n";
        return all;
    }();
    return lines[static_cast<std::size_t>(status >= 100 && status < 600 ? status : 500)];
}

}  // namespace tollweir::net
