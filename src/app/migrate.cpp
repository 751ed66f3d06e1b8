#include "tollweir/app/migrate.hpp"

#include <cstdio>

#include "tollweir/storage/migrations.hpp"

namespace tollweir {

int migrate(const CommandLine& command_line, const Environment& environment) {
    const auto loaded = load_config(command_line.config_file, command_line.overrides, environment);
    if (!loaded) {
        for (const auto& finding : loaded.error())
            std::fprintf(stderr, "error: %s\n", finding.text().c_str());
        return 1;
    }
    const auto report = migrate_store({loaded->config.database, loaded->config.data_dir});
    if (!report) {
        std::fprintf(stderr, "error: %s\n", report.error().message.c_str());
        return 1;
    }
    std::printf("%s\n", report->store.c_str());
    for (const auto& name : report->applied) std::printf("  ran %s\n", name.c_str());
    std::printf("%zu migrations ran, %zu had run before%s\n", report->applied.size(),
                report->present, report->applied.empty() ? ": nothing to do" : "");
    return 0;
}

}  // namespace tollweir
