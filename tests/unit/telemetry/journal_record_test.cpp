#include "telemetry/journal_record.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "telemetry/journal_parts.hpp"
#include "tollweir/core/crc32c.hpp"
#include "unit/telemetry/old_journal.hpp"
#include "unit/telemetry/part_file.hpp"
#include "unit/telemetry/spend_samples.hpp"

namespace tollweir {
namespace {

std::string record_of(const SpendRow& row, JournalRecordKind kind = JournalRecordKind::close) {
    std::string out;
    append_journal_record(kind, row, out);
    return out;
}

SpendRow read(std::string_view payload, JournalRecordKind expected = JournalRecordKind::close) {
    SpendRow row;
    auto kind = JournalRecordKind::open;
    EXPECT_TRUE(read_journal_record(payload, kind, row));
    EXPECT_EQ(kind, expected);
    return row;
}

SpendRow bare_row() {
    SpendRow row;
    row.record_id.bytes[0] = 1;
    return row;
}

TEST(JournalRecord, GivesBackEveryField) {
    const auto row = full_row();
    const auto payload = record_of(row);
    EXPECT_EQ(read(payload), row);
}

TEST(JournalRecord, OfTheVersionBeforeIsRead) {
    EXPECT_EQ(read(old_record(JournalRecordKind::close)), old_row());
    EXPECT_EQ(read(old_record(JournalRecordKind::open), JournalRecordKind::open), old_row());
}

TEST(JournalRecord, GivesBackEveryFieldThroughAReference) {
    const auto row = full_row();
    std::string payload;
    const auto begin = append_journal_record(JournalRecordKind::close, row, payload);
    PartFile file(std::string_view(payload).substr(begin));
    refer_to_part(payload, begin, file.part());
    EXPECT_LT(payload.size(), begin + 12);
    EXPECT_EQ(journal_record_id(payload), row.record_id);

    SpendRow found;
    auto kind = JournalRecordKind::open;
    ASSERT_TRUE(read_journal_record(payload, kind, found, &file.tail()));
    EXPECT_EQ(kind, JournalRecordKind::close);
    EXPECT_EQ(found, row);
    EXPECT_FALSE(read_journal_record(payload, kind, found)) << "without its file";
}

TEST(JournalRecord, WhoseReferenceIsWrongIsRefused) {
    PartFile file(std::string(100, '\0'));
    const auto right = file.part();
    auto kind = JournalRecordKind::open;
    SpendRow row;
    for (const auto& wrong :
         {JournalPart{right.offset + 1, right.size, right.crc},
          JournalPart{right.offset, right.size + 1, right.crc},
          JournalPart{right.offset, right.size, right.crc + 1}, JournalPart{right.offset, 0, 0},
          JournalPart{~std::uint64_t{0}, right.size, right.crc},
          JournalPart{~std::uint64_t{0} - 50, right.size, right.crc},
          JournalPart{0, kMostSharedPart + 1, right.crc}, JournalPart{0, ~std::uint32_t{0}, 0}}) {
        std::string payload;
        const auto begin = append_journal_record(JournalRecordKind::close, full_row(), payload);
        refer_to_part(payload, begin, wrong);
        EXPECT_FALSE(read_journal_record(payload, kind, row, &file.tail())) << wrong.offset;
    }
}

TEST(JournalRecord, WithOtherCostsThanScopesIsRefused) {
    const auto all = full_row();
    auto fewer = all;
    fewer.scopes.pop_back();
    const auto is_read = [](const SpendRow& with_scopes, const SpendRow& with_costs) {
        std::string whole;
        const auto begin = append_journal_record(JournalRecordKind::close, with_scopes, whole);
        PartFile file(std::string_view(whole).substr(begin));
        std::string payload;
        const auto cut = append_journal_record(JournalRecordKind::close, with_costs, payload);
        refer_to_part(payload, cut, file.part());
        SpendRow found;
        auto kind = JournalRecordKind::open;
        return read_journal_record(payload, kind, found, &file.tail());
    };
    EXPECT_TRUE(is_read(all, all));
    EXPECT_FALSE(is_read(all, fewer));
    EXPECT_FALSE(is_read(fewer, all));
}

TEST(JournalRecord, OfARowWithNothingInItIsSmall) {
    const auto row = bare_row();
    const auto payload = record_of(row, JournalRecordKind::open);
    EXPECT_EQ(read(payload, JournalRecordKind::open), row);
    EXPECT_LT(payload.size(), 24U);
}

TEST(JournalRecord, HoldsTheEndsOfEveryRange) {
    auto row = bare_row();
    row.cost = std::numeric_limits<Picodollars>::max();
    row.breakdown.input = std::numeric_limits<Picodollars>::min();
    row.usage.prompt_tokens = std::numeric_limits<std::uint64_t>::max();
    row.start = WallTime(std::chrono::microseconds(-1));
    row.first_token = WallTime{};  // there, unlike absent
    row.overhead_us = 0;
    EXPECT_EQ(read(record_of(row)), row);
}

TEST(JournalRecord, HoldsLongTexts) {
    auto row = bare_row();
    const std::string text(300'000, 'x');
    row.request_json = text;
    row.scopes = {{text, 7, 1}};
    EXPECT_EQ(read(record_of(row)), row);
}

TEST(JournalRecord, TellsItsIdWithoutBeingRead) {
    const auto row = full_row();
    const auto payload = record_of(row);
    EXPECT_EQ(journal_record_id(payload), row.record_id);
    for (std::size_t size = 0; size < 19; ++size)
        EXPECT_TRUE(journal_record_id(std::string_view(payload).substr(0, size)).is_null());
}

TEST(JournalRecord, PassesOverFieldsOfALaterVersion) {
    const auto row = full_row();
    auto payload = record_of(row);
    payload += static_cast<char>(100 << 1);  // a number
    payload += '\x05';
    payload += static_cast<char>(101 << 1 | 1);  // a text
    payload +=
        "\x03"
        "new";
    EXPECT_EQ(read(payload), row);
}

TEST(JournalRecord, CutAnywhereIsRefusedOrWhole) {
    const auto payload = record_of(full_row());
    for (std::size_t size = 0; size < payload.size(); ++size) {
        SpendRow row;
        auto kind = JournalRecordKind::open;
        // At the end of a field it reads as an older version's; all that is there is right.
        const std::string cut = payload.substr(0, size);
        if (read_journal_record(cut, kind, row)) {
            EXPECT_EQ(row.record_id, journal_record_id(payload)) << size;
        }
    }
}

TEST(JournalRecord, WithoutIdOrKindIsRefused) {
    SpendRow row;
    auto kind = JournalRecordKind::open;
    EXPECT_FALSE(read_journal_record("", kind, row));
    EXPECT_FALSE(read_journal_record("\x02", kind, row));
    auto payload = record_of(full_row());
    payload[0] = 9;
    EXPECT_FALSE(read_journal_record(payload, kind, row));
}

TEST(JournalRecord, WithANumberWhereATextBelongsIsRefused) {
    auto payload = record_of(bare_row());
    payload += static_cast<char>(2 << 1);  // response_id as a number
    payload += '\x05';
    SpendRow row;
    auto kind = JournalRecordKind::open;
    EXPECT_FALSE(read_journal_record(payload, kind, row));
}

}  // namespace
}  // namespace tollweir
