#include "tollweir/app/model_store.hpp"

#include <boost/asio/post.hpp>
#include <future>
#include <utility>

#include "tollweir/core/log.hpp"
#include "tollweir/storage/model_row.hpp"

namespace tollweir {
namespace {

// Whoever changes a model waits so long for this process to serve it.
constexpr std::chrono::milliseconds kPatience{2'000};

Result<std::vector<StoredModel>> read_rows(Sql& sql) {
    const auto rows = list_model_rows(sql);
    if (!rows) return std::unexpected(rows.error());
    std::vector<StoredModel> models;
    models.reserve(rows->size());
    for (const auto& row : *rows) models.push_back(stored_model(row));
    return models;
}

}  // namespace

ModelStore::ModelStore(StorePool& pool, boost::asio::io_context& loop, Take take)
    : pool_(pool), loop_(loop), take_(std::move(take)) {}

void ModelStore::configure(const LoadedConfig& loaded, const Config& config) {
    {
        const std::lock_guard lock(mutex_);
        basis_ = {loaded.models, seal_key_of(config)};
    }
    const bool is_on = stores_models(config);
    if (is_on && !is_on_) is_due_ = true;
    is_on_ = is_on;
}

std::optional<std::vector<StoredModel>> ModelStore::read_first(std::chrono::milliseconds patience) {
    if (!is_on_) return std::nullopt;
    auto outcome = std::make_shared<std::promise<Result<std::vector<StoredModel>>>>();
    auto came = outcome->get_future();
    pool_.post(StoreLane::lookup, [outcome](Result<Sql*> sql) {
        outcome->set_value(
            sql ? read_rows(**sql)
                : Result<std::vector<StoredModel>>(std::unexpected(std::move(sql.error()))));
    });
    // It stays due: a change that came in between was told to nobody.
    if (came.wait_for(patience) != std::future_status::ready) return std::nullopt;
    auto models = came.get();
    if (!models) return std::nullopt;
    return std::move(*models);
}

void ModelStore::tick() {
    if (is_on_ && is_due_ && pool_.is_reachable()) read_soon();
}

void ModelStore::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    taken_changed_.notify_all();
}

void ModelStore::note(const StoreChange& change) {
    if (!change.table.empty() && change.table != kModelTable) return;
    is_due_ = true;
    if (is_on_) read_soon();
}

void ModelStore::read_soon() {
    pool_.post(StoreLane::lookup, [this](Result<Sql*> sql) {
        // One read is enough for the changes that came before it.
        if (sql && is_on_ && is_due_.exchange(false)) hand_over(**sql);
    });
}

std::optional<std::uint64_t> ModelStore::hand_over(Sql& sql) {
    const std::lock_guard reading(reading_);
    auto models = read_rows(sql);
    if (!models) {
        is_due_ = true;
        log_warning("the models of the database could not be read: " + models.error().message);
        return std::nullopt;
    }
    const auto turn = ++read_;
    boost::asio::post(loop_, [this, turn, models = std::move(*models)]() mutable {
        take_(std::move(models));
        const std::lock_guard lock(mutex_);
        taken_ = turn;
        taken_changed_.notify_all();
    });
    return turn;
}

Result<void> ModelStore::check(const StoredModel& model) const {
    Basis basis;
    {
        const std::lock_guard lock(mutex_);
        basis = basis_;
    }
    const auto read = read_stored_models(*basis.models, {&model, 1}, basis.seal_key);
    for (const auto& skipped : read.skipped)
        if (skipped.why == SkippedModel::Why::sealed || skipped.why == SkippedModel::Why::invalid)
            return fail(ErrorKind::bad_request, skipped.reason);
    return {};
}

void ModelStore::refresh(Sql& sql) {
    const auto turn = hand_over(sql);
    if (!turn) return;
    std::unique_lock lock(mutex_);
    taken_changed_.wait_for(lock, kPatience, [&] { return stopped_ || taken_ >= *turn; });
}

}  // namespace tollweir
