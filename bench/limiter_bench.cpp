// What limits cost a call: CPU time of a thread for reserving and settling on eight limits, by one
// thread and by several that fight for the same cells. `limiter_bench [calls]`.

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "thread_clock.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/limits/memory_leases.hpp"

using namespace tollweir;

namespace {

constexpr std::int64_t kPlenty = 4'000'000'000;

/// A key with all kinds of limits, one of them of the model, beside those of the gateway: eight.
KeyRecord key_record(const char* hash) {
    KeyRecord key;
    key.hash = hash;
    key.limits.rpm_limit = kPlenty;
    key.limits.tpm_limit = kPlenty;
    key.limits.max_parallel_requests = kPlenty;
    key.limits.max_budget = kPicodollarsPerDollar * 1'000'000;
    key.model_limits.push_back({"gpt-4o", kPicodollarsPerDollar * 1'000'000, "1d", kPlenty, {}});
    return key;
}

double ns_a_call(Limiter& limiter, const KeyRecord& key, long calls) {
    ReserveRequest request;
    request.key = key.cells.get();
    request.model = "gpt-4o";
    request.prompt_tokens = 80;  // few: the limit is what a slot of a rate can count
    request.completion_tokens = 20;
    request.cost = 13'500'000;
    Usage usage;
    usage.prompt_tokens = 80;
    usage.completion_tokens = 10;
    const auto now = Clock::now();
    long refused = 0;
    const double begin = thread_ns();
    for (long i = 0; i < calls; ++i) {
        auto held = limiter.try_reserve(request, now);
        if (!held || !*held) {
            ++refused;
            continue;
        }
        limiter.settle(**held, usage, 9'000'000, now);
    }
    const double spent = thread_ns() - begin;
    if (refused != 0) std::printf("%ld calls refused: the figure means nothing\n", refused);
    return spent / static_cast<double>(calls);
}

void run(Limiter& limiter, int threads, bool shares_key, long calls) {
    std::vector<KeyRecord> keys;
    for (int i = 0; i < threads; ++i) {
        keys.push_back(key_record(shares_key ? "shared" : std::to_string(i).c_str()));
        limiter.bind(keys.back());
    }
    std::vector<double> each(keys.size());
    std::vector<std::thread> running;
    for (std::size_t i = 0; i < keys.size(); ++i)
        running.emplace_back([&, i] { each[i] = ns_a_call(limiter, keys[i], calls); });
    for (auto& thread : running) thread.join();
    double sum = 0;
    for (const double one : each) sum += one;
    std::printf("%d thread%s, %-14s %6.0f ns CPU a call\n", threads, threads == 1 ? " " : "s",
                shares_key ? "one key" : "a key each", sum / threads);
}

}  // namespace

int main(int argc, char** argv) {
    const long calls = argc > 1 ? std::atol(argv[1]) : 2'000'000;
    LeaseBook book;
    MemoryLeases leases(book, "bench");
    Limiter limiter({}, leases);
    LimitsConfig limits;
    limits.rpm = kPlenty;
    BudgetConfig budgets;
    budgets.max_budget = kPicodollarsPerDollar * 9'000'000;
    limiter.configure(limits, budgets, 429);
    run(limiter, 1, true, calls / 10);  // warm
    run(limiter, 1, true, calls);
    run(limiter, 2, false, calls);
    run(limiter, 2, true, calls);
}
