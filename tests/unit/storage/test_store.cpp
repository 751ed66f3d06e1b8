#include "unit/storage/test_store.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tollweir/core/ids.hpp"
#include "tollweir/storage/migrations.hpp"

namespace tollweir {
namespace {

std::string cluster_url() {
    const char* url = std::getenv("TOLLWEIR_TEST_POSTGRES");
    return url == nullptr ? "" : url;
}

std::string url_of_database(const std::string& database) {
    auto url = cluster_url();
    const auto path = url.find('/', url.find("://") + 3);
    return url.replace(path, url.find('?') - path, "/" + database);
}

std::unique_ptr<StoreConnection> connect_to(const std::string& url) {
    StoreOptions options;
    options.database.url = Secret(url);
    auto made = (*StoreSource::make(options))->connect(StoreLane::admin);
    if (!made) ADD_FAILURE() << made.error().message;
    return made ? std::move(*made) : nullptr;
}

}  // namespace

std::unique_ptr<TestStore> TestStore::make(SqlDialect dialect) {
    std::unique_ptr<TestStore> store(new TestStore);
    if (dialect == SqlDialect::sqlite) {
        auto folder = (std::filesystem::temp_directory_path() / "tollweir-store-XXXXXX").string();
        store->options_.data_dir = ::mkdtemp(folder.data());
        return store;
    }
    if (cluster_url().empty()) return nullptr;
    store->database_ = "t";
    append_uuid4(store->database_);
    const auto made =
        connect_to(cluster_url())->run_script("create database \"" + store->database_ + "\"");
    if (!made) ADD_FAILURE() << made.error().message;
    store->options_.database.url = Secret(url_of_database(store->database_));
    return store;
}

TestStore::~TestStore() {
    if (database_.empty()) {
        std::error_code error;
        std::filesystem::remove_all(options_.data_dir, error);
    } else {
        (void)connect_to(cluster_url())
            ->run_script("drop database \"" + database_ + "\" with (force)");
    }
}

std::unique_ptr<StoreConnection> TestStore::connect() const {
    auto made = (*StoreSource::make(options_))->connect(StoreLane::admin);
    if (!made) ADD_FAILURE() << made.error().message;
    return made ? std::move(*made) : nullptr;
}

void TestStore::cut_connections() const {
    const auto cut = connect_to(cluster_url())
                         ->run(
                             "select pg_terminate_backend(pid) from pg_stat_activity where "
                             "datname = $1",
                             {database_});
    EXPECT_TRUE(cut);
}

void MigratedStores::SetUp() {
    BothStores::SetUp();
    if (IsSkipped()) return;
    const auto migrated = migrate_store(store_->options());
    ASSERT_TRUE(migrated) << migrated.error().message;
    sql_ = store_->connect();
}

}  // namespace tollweir
