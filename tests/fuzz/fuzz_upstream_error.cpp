#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tollweir/core/json.hpp"
#include "tollweir/providers/registry.hpp"

using namespace tollweir;

namespace {

void check_json(const OptionalText& json) {
    if (json && !is_valid_json(*json)) std::abort();
}

}  // namespace

// Whatever an upstream answers, the error that the client gets is valid and of bounded size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const int status = data[0] * 256 + data[1];
    const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto error = find_provider("openai")->provider->parse_error(status, body);
    if (error.message.empty() || error.message.size() > 128 * 1024) std::abort();
    if (error.http_status() < 400 || error.http_status() > 599) std::abort();
    check_json(error.type_json);
    check_json(error.param_json);
    check_json(error.code_json);
    check_json(error.provider_fields_json);
    return 0;
}
