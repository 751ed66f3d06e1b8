#include "config/known_keys/tables.hpp"

namespace tollweir {
namespace {

using enum KeyKind;
using enum KeyStatus;

// Source: spec/config.md, section 7.4, and docs/configuration.md.
// clang-format off
constexpr KnownKey kSettings[] = {
    {"data_dir", text, active, "./data", "Folder of what the gateway keeps.", "", "TOLLWEIR_DATA_DIR"},
    {"require_auth", boolean, active, "false", "Refuse to start without a master key."},
    {"generate_master_key", boolean, active, "false", "Make a master key at the first start and keep it in `data_dir`."},
    {"watch_config", boolean, active, "false", "Reload when a configuration file changes; SIGHUP always does."},
    {"inject_stream_usage", boolean, active, "true", "Ask upstreams for the usage of streams."},
    {"force_default_models", boolean, active, "false", "Let `completion_model` and its like override the request."},
    {"allow_client_mocks", boolean, active, "true", "Whether requests may say `mock_response`."},
    {"unhealthy_threshold", integer, active, "1", "Health checks in a row that fail before a deployment counts as unhealthy."},
    {"first_token_timeout", seconds, active, "", "Time to the first word of a stream, whatever else comes before it; another deployment is tried then. No limit of its own where absent."},
    {"total_timeout", seconds, active, "", "Time of all tries of a request together, retries and fallbacks included. No limit of its own where absent."},
    {"stream_hold", seconds, active, "25", "How long a stream's headers wait for its first event."},
    {"ping_interval", seconds, active, "15", "Time between pings after that."},
    {"drain", map, active, "", "How the gateway stops."},
    {"server", map, active, "", "Limits and times towards clients."},
    {"upstream", map, active, "", "Limits and times towards upstreams."},
    {"model_prices", text, active, "", "File of prices of one's own, laid over the built-in table (docs/prices.md)."},
    {"journal", map, active, "", "The spend journal."},
    {"auth", map, active, "", "Keys while the database is away."},
    {"limits", map, later, "", "Limits while Redis is away."},
    {"continue_streams", texts, active, "[]", "Model groups whose streams go on at another deployment or fallback where they break (docs/routing.md); `*`: all."},
    {"hedging", map, active, "", "Streams that are asked for a second time when their first word is late (docs/routing.md)."},
    {"hooks", any, later, "", "Own code at points of a request's way."},
    {"master_key", secret, active, "", "Read here too.", "it belongs in `general_settings`"},
};

constexpr KnownKey kDrain[] = {
    {"delay", seconds, active, "5", "Between not being ready and closing the door."},
    {"timeout", seconds, active, "60", "Then running streams are cut."},
};

constexpr KnownKey kServer[] = {
    {"max_header_bytes", integer, active, "32768", "Largest head of a request."},
    {"max_header_count", integer, active, "100", "Most header lines."},
    {"max_connections", integer, active, "16384", "Client connections; more get 503."},
    {"max_body_mb", megabytes, active, "64", "Largest request body; `general_settings.max_request_size_mb` wins."},
    {"max_buffered_mb", megabytes, active, "1024", "Bodies in memory, whole process."},
    {"header_timeout", seconds, active, "10", "From a head's first byte to its last."},
    {"body_timeout", seconds, active, "30", "Between two reads of a body."},
    {"idle_timeout", seconds, active, "75", "Between two requests of a connection."},
    {"write_timeout", seconds, active, "60", "A write that makes no progress."},
    {"trusted_proxies", texts, active, "[]", "Proxies of one's own: their hops in `X-Forwarded-For` are passed over."},
};

constexpr KnownKey kUpstream[] = {
    {"connect_timeout", seconds, active, "10", "Name look-up, TCP and TLS together."},
    {"idle_timeout", seconds, active, "60", "Life of an unused connection.", "", "AIOHTTP_KEEPALIVE_TIMEOUT"},
    {"max_idle_per_origin", integer, active, "256", "Unused connections a worker and address."},
    {"max_response_mb", megabytes, active, "128", "Largest answer that is read whole."},
    {"max_event_mb", megabytes, active, "16", "Largest event of a stream."},
};

constexpr KnownKey kJournal[] = {
    {"dir", text, active, "journal", "Its folder, in `data_dir` unless the path is whole."},
};

constexpr KnownKey kAuth[] = {
    {"stale_for", seconds, active, "3600", "How long the last good copy of a key serves."},
};

constexpr KnownKey kHedging[] = {
    {"groups", texts, active, "[]", "Model groups; `*`: all."},
    {"max_share", number, active, "0.05", "Second calls a request, on average at most."},
};

constexpr KnownKey kLimits[] = {
    {"on_failure", choice, later, "local", "`local`: each process a share of the limit; `allow` or `deny`."},
};

constexpr KeyTable kTables[] = {
    {"tollweir_settings", kSettings},
    {"tollweir_settings.drain", kDrain},
    {"tollweir_settings.server", kServer},
    {"tollweir_settings.upstream", kUpstream},
    {"tollweir_settings.journal", kJournal},
    {"tollweir_settings.auth", kAuth},
    {"tollweir_settings.hedging", kHedging},
    {"tollweir_settings.limits", kLimits},
};
// clang-format on

}  // namespace

std::span<const KeyTable> tollweir_settings_tables() {
    return kTables;
}

}  // namespace tollweir
