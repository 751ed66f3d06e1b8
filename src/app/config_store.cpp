#include "tollweir/app/config_store.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <future>
#include <utility>

#include "tollweir/core/log.hpp"
#include "tollweir/storage/config_row.hpp"
#include "tollweir/storage/model_row.hpp"

namespace tollweir {
namespace {

// Whoever changes a row waits so long for this process to serve it.
constexpr std::chrono::milliseconds kPatience{2'000};

constexpr std::array<std::string_view, 3> kTables{kModelTable, kConfigTable, kCredentialTable};

Result<StoredConfig> read_rows(Sql& sql) {
    StoredConfig stored;
    const auto rows = list_model_rows(sql);
    if (!rows) return std::unexpected(rows.error());
    stored.models.reserve(rows->size());
    for (const auto& row : *rows) stored.models.push_back(stored_model(row));
    auto settings = list_stored_settings(sql);
    if (!settings) return std::unexpected(settings.error());
    stored.settings = std::move(*settings);
    return stored;
}

}  // namespace

ConfigStore::ConfigStore(StorePool& pool, boost::asio::io_context& loop, Take take)
    : pool_(pool), loop_(loop), take_(std::move(take)) {}

void ConfigStore::configure(std::shared_ptr<const LoadedConfig> file, const LoadedConfig& loaded,
                            const Config& config) {
    {
        const std::lock_guard lock(mutex_);
        basis_ = {std::move(file), loaded.models, seal_key_of(config)};
    }
    const bool is_on = config.database.stores_models;
    if (is_on && !is_on_) is_due_ = true;
    is_on_ = is_on;
}

std::optional<StoredConfig> ConfigStore::read_first(std::chrono::milliseconds patience) {
    if (!is_on_) return std::nullopt;
    auto outcome = std::make_shared<std::promise<Result<StoredConfig>>>();
    auto came = outcome->get_future();
    pool_.post(StoreLane::lookup, [outcome](Result<Sql*> sql) {
        outcome->set_value(sql ? read_rows(**sql)
                               : Result<StoredConfig>(std::unexpected(std::move(sql.error()))));
    });
    // It stays due: a change that came in between was told to nobody.
    if (came.wait_for(patience) != std::future_status::ready) return std::nullopt;
    auto stored = came.get();
    if (!stored) return std::nullopt;
    return std::move(*stored);
}

void ConfigStore::tick() {
    if (is_on_ && is_due_ && pool_.is_reachable()) read_soon();
}

void ConfigStore::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    taken_changed_.notify_all();
}

void ConfigStore::note(const StoreChange& change) {
    if (!change.table.empty() && std::ranges::find(kTables, change.table) == kTables.end()) return;
    is_due_ = true;
    if (is_on_) read_soon();
}

void ConfigStore::read_soon() {
    pool_.post(StoreLane::lookup, [this](Result<Sql*> sql) {
        // One read is enough for the changes that came before it.
        if (sql && is_on_ && is_due_.exchange(false)) hand_over(**sql);
    });
}

std::optional<std::uint64_t> ConfigStore::hand_over(Sql& sql) {
    const std::lock_guard reading(reading_);
    auto stored = read_rows(sql);
    if (!stored) {
        is_due_ = true;
        log_warning("models and settings of the database could not be read: " +
                    stored.error().message);
        return std::nullopt;
    }
    const auto turn = ++read_;
    boost::asio::post(loop_, [this, turn, stored = std::move(*stored)]() mutable {
        take_(std::move(stored));
        const std::lock_guard lock(mutex_);
        taken_ = turn;
        taken_changed_.notify_all();
    });
    return turn;
}

ConfigStore::Basis ConfigStore::basis() const {
    const std::lock_guard lock(mutex_);
    return basis_;
}

Result<void> ConfigStore::check(const StoredModel& model) const {
    const auto now = basis();
    const auto read = read_stored_models(*now.models, {&model, 1}, now.seal_key);
    for (const auto& skipped : read.skipped)
        if (skipped.why == SkippedModel::Why::sealed || skipped.why == SkippedModel::Why::invalid)
            return fail(ErrorKind::bad_request, skipped.reason);
    return {};
}

Result<void> ConfigStore::check(const StoredSettings& settings, const std::string& row) const {
    const auto now = basis();
    const auto merged = with_stored_settings(*now.file, settings, now.seal_key);
    for (auto finding : merged.left_out) {
        if (!finding.file.empty() && finding.file != row) continue;
        finding.file.clear();
        return fail(ErrorKind::bad_request, finding.text());
    }
    return {};
}

std::vector<ShownCredential> ConfigStore::credentials() const {
    return show_credentials(*basis().models);
}

std::vector<ShownSetting> ConfigStore::general_settings() const {
    return show_general_settings(*basis().models);
}

void ConfigStore::refresh(Sql& sql) {
    const auto turn = hand_over(sql);
    if (!turn) return;
    std::unique_lock lock(mutex_);
    taken_changed_.wait_for(lock, kPatience, [&] { return stopped_ || taken_ >= *turn; });
}

}  // namespace tollweir
