#include "app/flags.hpp"

#include <algorithm>

#include "tollweir/app/command_line.hpp"

namespace tollweir {
namespace {

using enum FlagKind;
using enum FlagGroup;
using enum FlagUse;

// Source: spec/config.md, section 9.
// clang-format off
constexpr Flag kFlags[] = {
    {"config", 'c', text, serving, "", "FILE", "configuration; CONFIG_FILE_PATH beats it"},
    {"host", 0, text, serving, "HOST", "ADDRESS", "where to listen [0.0.0.0]"},
    {"port", 0, whole, serving, "PORT", "N", "which port; 0 takes a free one [4000]"},
    {"num_workers", 0, whole, serving, "NUM_WORKERS", "N", "event loops [one a processor]"},
    {"require_auth", 0, present, serving, "TOLLWEIR_REQUIRE_AUTH", "", "refuse to start without a master key"},
    {"reload", 0, present, serving, "", "", "reload when the configuration file changes"},
    {"keepalive_timeout", 0, decimal, serving, "KEEPALIVE_TIMEOUT", "SECONDS", "idle client connections close after it [75]"},
    {"limit_concurrency", 0, whole, serving, "LIMIT_CONCURRENCY", "N", "client connections; more get 503 [16384]"},
    {"drop_params", 0, present, serving, "", "", "drop parameters that a provider does not know"},

    {"model", 'm', text, model, "", "NAME", "serve this model, whatever name clients ask for"},
    {"alias", 0, text, model, "", "NAME", "the name it is listed under"},
    {"api_base", 0, text, model, "", "URL", "where it is"},
    {"api_version", 0, text, model, "", "DATE", "API version, for Azure"},
    {"headers", 0, text, model, "", "JSON", "headers sent to it"},
    {"temperature", 0, decimal, model, "", "N", "for every request of every model"},
    {"max_tokens", 0, whole, model, "", "N", "for every request of every model"},
    {"request_timeout", 0, decimal, model, "", "SECONDS", "for every request of every model"},

    {"ssl_keyfile_path", 0, text, tls, "SSL_KEYFILE_PATH", "FILE", "private key"},
    {"ssl_certfile_path", 0, text, tls, "SSL_CERTFILE_PATH", "FILE", "certificate with its chain"},
    {"ciphers", 0, text, tls, "", "LIST", "TLS 1.2 ciphers, as OpenSSL names them"},

    {"debug", 0, present, logging, "DEBUG", "", "log at least what happens (info)"},
    {"detailed_debug", 0, present, logging, "DETAILED_DEBUG", "", "log everything (debug)"},

    {"validate_config", 0, present, action, "", "", "check the configuration and exit, 1 on errors"},
    {"skip_server_startup", 0, present, action, "", "", "as `migrate`: then exit"},
    {"health", 0, present, action, "", "", "ask a running gateway for GET /health"},
    {"test", 0, present, action, "", "", "send sample calls to a running gateway"},
    {"version", 'v', present, action, "", "", "print the version"},
    {"help", 'h', present, action, "", "", "print this"},

    {"max_budget", 0, decimal, quiet, "", "USD", "", later},
    {"add_function_to_prompt", 0, present, quiet, "", "", "", later},
    {"iam_token_db_auth", 0, present, quiet, "IAM_TOKEN_DB_AUTH", "", "", later},
    {"azure_postgresql_auth", 0, present, quiet, "", "", "", later},
    {"prometheus_metrics_port", 0, whole, quiet, "PROMETHEUS_METRICS_PORT", "N", "", later},
    {"setup", 0, present, quiet, "", "", "", later},
    {"log_config", 0, text, quiet, "", "FILE", "", no_effect},
    {"max_requests_before_restart", 0, whole, quiet, "MAX_REQUESTS_BEFORE_RESTART", "N", "", no_effect},
    {"max_requests_before_restart_jitter", 0, whole, quiet, "MAX_REQUESTS_BEFORE_RESTART_JITTER", "N", "", no_effect},
    {"timeout_worker_healthcheck", 0, whole, quiet, "TIMEOUT_WORKER_HEALTHCHECK", "N", "", no_effect},
    {"granian_threads", 0, whole, quiet, "GRANIAN_RUNTIME_THREADS", "N", "", no_effect},
    {"run_gunicorn", 0, present, quiet, "", "", "", no_effect},
    {"run_hypercorn", 0, present, quiet, "", "", "", no_effect},
    {"run_granian", 0, present, quiet, "", "", "", no_effect},
    {"use_queue", 0, present, quiet, "", "", "", no_effect},
    {"local", 0, present, quiet, "", "", "", no_effect},
    {"telemetry", 0, text, quiet, "", "BOOL", "", no_effect},
    {"save", 0, present, quiet, "", "", "", no_effect},
    {"add_key", 0, text, quiet, "", "KEY", "", no_effect},
    {"test_async", 0, present, quiet, "", "", "", no_effect},
    {"num_requests", 0, whole, quiet, "", "N", "", no_effect},
    {"use_prisma_db_push", 0, present, quiet, "", "", "", no_effect},
    {"use_prisma_migrate", 0, present, quiet, "USE_PRISMA_MIGRATE", "", "", no_effect},
    {"use_v2_migration_resolver", 0, present, quiet, "USE_V2_MIGRATION_RESOLVER", "", "", no_effect},
    {"use_legacy_migration_resolver", 0, present, quiet, "", "", "", no_effect},
    {"enforce_prisma_migration_check", 0, present, quiet, "", "", "", no_effect},
};
// clang-format on

constexpr std::size_t kHelpColumn = 36;
constexpr std::size_t kWidth = 100;

std::string line_of(const Flag& flag) {
    std::string line = flag.letter == 0 ? "      --" : std::string("  -") + flag.letter + ", --";
    line += flag.name;
    if (!flag.argument.empty()) line.append(" ").append(flag.argument);
    line.resize(std::max(line.size() + 2, kHelpColumn), ' ');
    line += flag.help;
    if (!flag.variable.empty()) line.append(" (").append(flag.variable).append(")");
    return line + '\n';
}

std::string section_of(std::string_view title, FlagGroup group) {
    std::string out = "\n" + std::string(title) + "\n";
    for (const auto& flag : kFlags)
        if (flag.group == group) out += line_of(flag);
    return out;
}

/// The names of the flags with that use, wrapped.
std::string names_of(FlagUse use) {
    std::string out, line = "     ";
    for (const auto& flag : kFlags) {
        if (flag.use != use) continue;
        if (line.size() + flag.name.size() + 3 > kWidth) {
            out += line + '\n';
            line = "     ";
        }
        line.append(" --").append(flag.name);
    }
    return out + line + '\n';
}

bool is_same_name(std::string_view given, std::string_view name) {
    return std::ranges::equal(given, name,
                              [](char a, char b) { return (a == '-' ? '_' : a) == b; });
}

}  // namespace

std::span<const Flag> flags() {
    return kFlags;
}

const Flag* find_flag(std::string_view name) {
    const auto found = std::ranges::find_if(
        kFlags, [&](const Flag& flag) { return is_same_name(name, flag.name); });
    return found == std::end(kFlags) ? nullptr : found;
}

const Flag* find_flag(char letter) {
    const auto found =
        std::ranges::find_if(kFlags, [&](const Flag& flag) { return flag.letter == letter; });
    return letter == 0 || found == std::end(kFlags) ? nullptr : found;
}

std::vector<std::string_view> flag_names() {
    std::vector<std::string_view> names;
    for (const auto& flag : kFlags) names.push_back(flag.name);
    return names;
}

std::string help_text() {
    std::string out =
        "Tollweir, an LLM gateway: one OpenAI-compatible address before many models.\n"
        "\n"
        "  tollweir --config FILE            serve what the file says\n"
        "  tollweir --model NAME             serve one model, without a file\n"
        "  tollweir check FILE               explain a configuration and exit\n"
        "  tollweir migrate --config FILE    bring the database's tables up to date and exit\n"
        "  tollweir keys|users|teams|spend   manage a running gateway; --help behind each\n";
    out += section_of("Serving", FlagGroup::serving);
    out += section_of("One model without a file", FlagGroup::model);
    out += section_of("TLS", FlagGroup::tls);
    out += section_of("Logs", FlagGroup::logging);
    out += section_of("Instead of serving", FlagGroup::action);
    out +=
        "\nTaken for LiteLLM's sake, not active yet (docs/status.md)\n" + names_of(FlagUse::later);
    out += "\nTaken for LiteLLM's sake, without effect here\n" + names_of(FlagUse::no_effect);
    out +=
        "\nFlags may be written with dashes or underscores, as `--flag value` or `--flag=value`.\n"
        "In parentheses stands the environment variable that counts where the flag is absent, in\n"
        "brackets the default. A file .env in the working directory adds variables that the\n"
        "process does not have, unless LITELLM_MODE is PRODUCTION. Also read: LITELLM_MASTER_KEY,\n"
        "LITELLM_LOG, JSON_LOGS, SERVER_ROOT_PATH, SSL_CERT_FILE, SSL_VERIFY, TOLLWEIR_DATA_DIR.\n";
    return out;
}

}  // namespace tollweir
