#include "tollweir/telemetry/spend_metrics.hpp"

#include <string_view>

namespace tollweir {

namespace {

class Page {
public:
    explicit Page(std::string& out) : out_(out) {}

    void counter(std::string_view name, std::string_view help, std::uint64_t value) {
        add(name, "counter", help, value);
    }
    void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
        add(name, "gauge", help, value);
    }

private:
    void add(std::string_view name, std::string_view type, std::string_view help,
             std::uint64_t value) {
        out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
        out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
        out_.append(name).append(" " + std::to_string(value) + "\n");
    }

    std::string& out_;
};

}  // namespace

void append_spend_metrics(const Journal& journal, const SpendWriter& writer, std::string& out) {
    std::uint64_t opened = 0;
    std::uint64_t closed = 0;
    std::uint64_t refused = 0;
    std::uint64_t write_errors = 0;
    for (const auto* worker : journal.numbers()) {
        opened += worker->opened;
        closed += worker->closed;
        refused += worker->refused;
        write_errors += worker->write_errors;
    }
    const auto& written = writer.numbers();
    Page page(out);
    page.counter("tollweir_spend_calls_opened_total", "Calls whose estimate was recorded.", opened);
    page.counter("tollweir_spend_rows_recorded_total", "Rows that the journal took.", closed);
    page.counter("tollweir_spend_calls_refused_total",
                 "Calls refused since the journal had no room.", refused);
    page.counter("tollweir_spend_journal_errors_total", "Writes and syncs that the disk refused.",
                 write_errors + journal.sync_errors());
    page.gauge("tollweir_spend_journal_backlog_bytes", "Recorded and not in the store yet.",
               journal.backlog_bytes());
    page.counter("tollweir_spend_rows_written_total", "Rows that the store took.", written.rows);
    page.counter("tollweir_spend_batches_total", "Transactions that took them.", written.batches);
    page.counter("tollweir_spend_store_failures_total", "Tries that the store refused.",
                 written.failures);
    page.gauge("tollweir_spend_store_away", "1 while the store takes no spend.",
               written.store_is_away ? 1 : 0);
    page.counter("tollweir_spend_rows_reduced_total",
                 "Rows that the store took without their texts only.", written.reduced);
    page.counter("tollweir_spend_rows_set_aside_total",
                 "Rows that the store refused for good; they are kept beside the journals.",
                 written.set_aside);
    page.counter("tollweir_spend_calls_interrupted_total",
                 "Calls that the end of their process cut off, booked at their estimate.",
                 written.interrupted);
    page.counter("tollweir_spend_journals_adopted_total", "Journals of dead processes.",
                 written.adopted);
    page.counter("tollweir_spend_journal_damaged_bytes_total", "Bytes of journals nobody can read.",
                 written.damaged_bytes);
}

}  // namespace tollweir
