#include "tollweir/app/master_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "tollweir/core/ids.hpp"

namespace tollweir {

Result<StoredMasterKey> load_or_create_master_key(const std::filesystem::path& data_dir) {
    StoredMasterKey stored;
    stored.file = data_dir / "master_key";
    const auto unusable = [&](const char* what) {
        return fail(ErrorKind::bad_request, std::string(what) + " " + stored.file.string() +
                                                ": set LITELLM_MASTER_KEY, or "
                                                "tollweir_settings.data_dir to a directory that "
                                                "can be written");
    };
    std::error_code error;
    if (std::filesystem::exists(stored.file, error)) {
        std::ifstream file(stored.file);
        std::string key;
        if (!std::getline(file, key) || key.empty()) return unusable("cannot read");
        stored.key = Secret(std::move(key));
        return stored;
    }
    std::filesystem::create_directories(data_dir, error);
    // O_EXCL: of two that start at once, one makes the key.
    const int descriptor =
        ::open(stored.file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0) return unusable("cannot write");
    stored.key = Secret(new_secret_key());
    const auto line = stored.key.reveal() + "\n";
    const bool written =
        ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (::close(descriptor) != 0 || !written) return unusable("cannot write");
    stored.created = true;
    return stored;
}

void print_welcome(const Config& config, const CommandLine& command_line,
                   const std::filesystem::path& file) {
    const auto scheme = command_line.ssl_certfile.empty() ? "http" : "https";
    std::printf(
        "\n"
        "  Welcome. This gateway made itself a master key; it is kept in %s\n"
        "  and shown only this once:\n"
        "\n"
        "      %s\n"
        "\n"
        "  Try it:\n"
        "\n"
        "curl %s://localhost:%u/v1/chat/completions \\\n"
        "  -H 'Authorization: Bearer %s' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        "  -d '{\"model\": \"demo\", \"messages\": [{\"role\": \"user\", \"content\": "
        "\"Hello!\"}]}'\n"
        "\n",
        file.c_str(), config.master_key.reveal().c_str(), scheme, command_line.port,
        config.master_key.reveal().c_str());
    std::fflush(stdout);
}

}  // namespace tollweir
