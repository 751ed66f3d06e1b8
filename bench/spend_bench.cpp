// How many spend rows a second the store takes, in batches as the writer sends them.
//
//     spend_bench [rows] [batch]
//
// SQLite in a temporary folder under TMPDIR, written through to the disk at each commit as in
// service; PostgreSQL where TOLLWEIR_TEST_POSTGRES names one (eval "$(tests/support/postgres
// start)"), in a schema of its own, with the durability that its server has.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tollweir/core/ids.hpp"
#include "tollweir/core/record_id.hpp"
#include "tollweir/storage/spend_books.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace {

using namespace tollweir;

const std::string kKey(60, 'a');  // as long as a hash, with its number
constexpr std::size_t kKeys = 200;
constexpr std::size_t kUsers = 50;
constexpr std::size_t kTeams = 10;
constexpr std::size_t kCustomers = 1000;

std::vector<std::string> names(const std::string& of, std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(of + std::to_string(i));
    return all;
}

/// Calls of many keys, users and customers on a few models.
class Calls {
public:
    SpendRow next() {
        const auto random = random_bits();
        SpendRow row;
        row.record_id = new_record_id(WallClock::now());
        row.response_id = ids_.emplace_back("chatcmpl-" + std::to_string(random));
        row.call_id = ids_.emplace_back("call-" + std::to_string(random));
        row.call_type = "acompletion";
        row.endpoint = "/chat/completions";
        row.key_hash = keys_[random % kKeys];
        row.user_id = users_[random % kUsers];
        row.team_id = teams_[random % kTeams];
        row.end_user = customers_[random % kCustomers];
        row.cost = static_cast<Picodollars>(random % 1'000'000'000);
        row.usage.prompt_tokens = 800;
        row.usage.completion_tokens = 100;
        row.usage.total_tokens = 900;
        row.start = row.end = WallClock::now();
        row.model = models_[random % models_.size()];
        row.model_id = "deployment-1";
        row.model_group = "fast";
        row.provider = "openai";
        row.api_base = "https://api.openai.com/v1";
        row.requester_ip = "203.0.113.7";
        row.scopes = {{scopes_[random % kKeys], 0, row.cost}};
        return row;
    }
    void forget() { ids_.clear(); }

private:
    const std::vector<std::string> keys_ = names(kKey, kKeys);
    const std::vector<std::string> scopes_ = names("key:" + kKey, kKeys);
    const std::vector<std::string> users_ = names("user-", kUsers);
    const std::vector<std::string> teams_ = names("team-", kTeams);
    const std::vector<std::string> customers_ = names("customer-", kCustomers);
    const std::vector<std::string> models_ = names("gpt-4o-mini-", 5);
    std::deque<std::string> ids_;  // of a batch, which its rows point at
};

using Seconds = std::chrono::duration<double>;

double now() {
    return Seconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// This process's, user and system; the server of PostgreSQL is another.
double cpu_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Result<void> add_ids(Sql& sql, const char* into, const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
        const auto done = sql.run(Statement(std::string(into) + " values ($1)"), {id});
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

Result<void> add_owners(Sql& sql) {
    return sql.transaction([](Sql& in) -> Result<void> {
        const std::pair<const char*, std::vector<std::string>> all[] = {
            {R"(insert into "LiteLLM_VerificationToken" (token))", names(kKey, kKeys)},
            {R"(insert into "LiteLLM_UserTable" (user_id))", names("user-", kUsers)},
            {R"(insert into "LiteLLM_TeamTable" (team_id))", names("team-", kTeams)},
            {"insert into tollweir_budget_scope (scope)", names("key:" + kKey, kKeys)}};
        for (const auto& [into, ids] : all)
            if (auto done = add_ids(in, into, ids); !done) return done;
        return {};
    });
}

[[noreturn]] void give_up(const GatewayError& error) {
    std::printf("%s\n", error.message.c_str());
    std::exit(1);
}

void run(const char* name, const StoreOptions& options, std::size_t rows, std::size_t batch_rows) {
    auto opened = StorePool::open(options);
    if (!opened) give_up(opened.error());
    auto& store = **opened;
    while (!store.is_reachable()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (auto done = store.run_blocking(StoreLane::admin, add_owners); !done) give_up(done.error());
    Calls calls;
    SpendBatch batch;
    batch.files.push_back({"bench/worker-0.000001", "bench", 0, 0});
    std::vector<double> each;  // seconds a batch
    const double cpu = cpu_seconds();
    for (std::size_t done = 0; done < rows; done += batch_rows) {
        batch.entries.clear();
        calls.forget();
        for (std::size_t i = 0; i < batch_rows; ++i) batch.entries.push_back({calls.next(), 0});
        auto& file = batch.files.front();
        file.from = file.to;
        file.to += batch_rows * 400;
        const double begin = now();
        const auto applied = store.run_blocking(
            StoreLane::spend, [&](Sql& sql) { return apply_spend(sql, batch, {}); });
        each.push_back(now() - begin);
        if (!applied) give_up(applied.error());
        if (!*applied) give_up({ErrorKind::internal, ErrorSource::gateway, "other positions"});
    }
    double sum = 0;
    for (const double one : each) sum += one;
    std::ranges::sort(each);
    const auto count = static_cast<double>(each.size() * batch_rows);
    std::printf(
        "%-8s %7.0f rows/s, %4.0f us CPU a row  batches of %zu: median %5.1f ms, longest "
        "%5.1f ms\n",
        name, count / sum, (cpu_seconds() - cpu) / count * 1e6, batch_rows,
        each[each.size() / 2] * 1e3, each.back() * 1e3);
}

}  // namespace

int main(int argc, char** argv) {
    const auto rows = static_cast<std::size_t>(argc > 1 ? std::atol(argv[1]) : 100'000);
    const auto batch_rows = static_cast<std::size_t>(argc > 2 ? std::atol(argv[2]) : 500);
    auto folder = (std::filesystem::temp_directory_path() / "tollweir-spend-XXXXXX").string();
    StoreOptions sqlite;
    sqlite.data_dir = ::mkdtemp(folder.data());
    run("SQLite", sqlite, rows, batch_rows);
    std::filesystem::remove_all(sqlite.data_dir);
    if (const char* url = std::getenv("TOLLWEIR_TEST_POSTGRES")) {
        StoreOptions postgres;
        std::string address = url;
        address += address.contains('?') ? "&schema=bench_" : "?schema=bench_";
        append_uuid4(address);
        postgres.database.url = Secret(address);
        run("Postgres", postgres, rows, batch_rows);
    }
}
