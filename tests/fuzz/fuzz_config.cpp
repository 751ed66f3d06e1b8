#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tollweir/config/load.hpp"

using namespace tollweir;

// Any text gives a configuration or a list of errors. Includes lead nowhere: nothing is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const Environment environment = [](const std::string& name) -> std::optional<std::string> {
        if (name == "TEXT") return "text";
        if (name == "NUMBER") return "12.5";
        if (name == "WORD") return "true";
        return std::nullopt;
    };
    const auto result = load_config_text(text, "/nonexistent/config.yaml", {}, environment);
    if (!result && result.error().empty()) std::abort();
    if (result) {
        for (const auto& deployment : result->config.deployments)
            if (deployment.id.empty() || deployment.provider == nullptr) std::abort();
    }
    return 0;
}
