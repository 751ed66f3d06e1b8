#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "tollweir/app/admin_cli.hpp"
#include "tollweir/app/app.hpp"
#include "tollweir/app/check.hpp"
#include "tollweir/app/client_actions.hpp"
#include "tollweir/app/command_line.hpp"
#include "tollweir/app/docs.hpp"
#include "tollweir/app/explain_command.hpp"
#include "tollweir/app/migrate.hpp"
#include "tollweir/core/version.hpp"
#include "tollweir/telemetry/log_output.hpp"

namespace tollweir {
namespace {

/// As many connections as the system allows, not as the shell happened to.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const CommandLine& command_line, const Environment& environment) {
    auto loaded = load_config(command_line.config_file, command_line.overrides, environment);
    if (!loaded) {
        for (const auto& finding : loaded.error())
            std::fprintf(stderr, "error: %s\n", finding.text().c_str());
        return 1;
    }
    raise_descriptor_limit();
    // Bodies come and go at up to 1 MiB from the buffer pool: mapping fresh pages for each would
    // cost more than copying them.
    mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024);
    mallopt(M_ARENA_MAX, 4);
    signal(SIGPIPE, SIG_IGN);
    start_logging(loaded->config.log.level, loaded->config.log.json);
    for (const auto& notice : command_line.notices) log_warning(notice);
    int status = 0;
    {
        App app(command_line, environment, std::move(*loaded));
        if (auto started = app.start(); started) {
            app.run();
        } else {
            std::fprintf(stderr, "error: %s\n", started.error().message.c_str());
            status = 1;
        }
    }
    stop_logging();
    return status;
}

int run(int argc, char** argv) {
    if (argc >= 2 && std::string_view(argv[1]) == "docs")
        return print_docs(argc > 2 ? argv[2] : "");
    const auto environment = process_environment();
    if (argc >= 2 && is_admin_command(argv[1]))
        return run_admin_command({argv + 1, argv + argc}, environment);
    if (argc >= 2 && std::string_view(argv[1]) == "explain")
        return run_explain_command({argv + 1, argv + argc}, environment);
    const auto parsed = parse_command_line({argv + 1, argv + argc}, environment);
    if (!parsed) {
        std::fprintf(stderr, "tollweir: %s\n", parsed.error().c_str());
        return 2;
    }
    switch (parsed->action) {
        case CommandLine::Action::help:
            std::fputs(help_text().c_str(), stdout);
            return 0;
        case CommandLine::Action::version:
            std::printf("tollweir %s\n", std::string(kVersion).c_str());
            return 0;
        case CommandLine::Action::check:
            return check_config(*parsed, environment);
        case CommandLine::Action::migrate:
            return migrate(*parsed, environment);
        case CommandLine::Action::health:
            return show_health(*parsed, environment);
        case CommandLine::Action::test:
            return send_samples(*parsed, environment);
        case CommandLine::Action::serve:
            return serve(*parsed, environment);
    }
    return 2;
}

}  // namespace
}  // namespace tollweir

int main(int argc, char** argv) {
    try {
        return tollweir::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error: %s\n", error.what());
        return 1;
    }
}
