#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_parts.hpp"
#include "telemetry/journal_record.hpp"
#include "telemetry/journal_tail.hpp"
#include "tollweir/core/crc32c.hpp"

using namespace tollweir;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

/// What can be read can be written and read again, the same. `tail`: what its references lead to.
void check_record(std::string_view payload, JournalTail* tail) {
    SpendRow row;
    auto kind = JournalRecordKind::open;
    if (!read_journal_record(payload, kind, row, tail)) return;
    std::string again;
    const auto begin = append_journal_record(kind, row, again);
    require(begin <= again.size());
    SpendRow second;
    auto second_kind = JournalRecordKind::open;
    require(read_journal_record(again, second_kind, second));
    require(kind == second_kind && row == second);
    require(journal_record_id(again) == row.record_id);
    std::string metadata;
    append_spend_metadata(row, metadata);
}

/// Every byte belongs to a record, to damage or to the torn end.
void check_file(std::string_view bytes, const FrameSeal& seal) {
    const int fd = ::memfd_create("fuzz", MFD_CLOEXEC);
    require(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    JournalTail tail(fd, 0, seal);
    std::uint64_t whole = 0;
    std::uint64_t last = 0;
    for (;;) {
        const auto item = tail.next(bytes.size(), true);
        require(item.has_value());
        if (!*item) break;
        const auto size = kFrameHead + (*item)->payload.size();
        require((*item)->end >= last + size && (*item)->end <= bytes.size());
        require(bytes.substr((*item)->end - (*item)->payload.size(), (*item)->payload.size()) ==
                (*item)->payload);
        last = (*item)->end;
        whole += size;
        check_record((*item)->payload, &tail);
    }
    require(tail.position() == bytes.size());
    require(whole + tail.damaged_bytes() + tail.torn_bytes() == bytes.size());
    ::close(fd);
}

/// The input as a shared part, and as what says where it is.
void check_reference(std::string_view input) {
    if (input.size() < 17) return;
    JournalPart part;
    std::memcpy(&part.offset, input.data(), 8);
    std::memcpy(&part.size, input.data() + 8, 4);
    std::memcpy(&part.crc, input.data() + 12, 4);
    const bool is_right = (input[16] & 1) != 0;
    input.remove_prefix(17);
    if (is_right) part = {0, static_cast<std::uint32_t>(input.size()), crc32c(input)};
    const int fd = ::memfd_create("fuzz", MFD_CLOEXEC);
    require(::write(fd, input.data(), input.size()) == static_cast<ssize_t>(input.size()));
    JournalTail tail(fd, input.size(), FrameSeal());
    const auto found = tail.part(part);
    require(found.has_value() || !is_right);
    require(!found ||
            (found->size() == part.size && input.substr(part.offset, part.size) == *found));

    SpendRow row;
    row.record_id.bytes[0] = 1;
    const std::string key(kLeastSharedPart, 'k');
    row.key_hash = key;
    std::string payload;
    const auto begin = append_journal_record(JournalRecordKind::close, row, payload);
    refer_to_part(payload, begin, part);
    check_record(payload, &tail);
    ::close(fd);
}

}  // namespace

// The input as a file, as a record, as a shared part, and as a record in a file with damage around
// it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check_file(input, FrameSeal());
    const FrameSeal seal(0, 1);
    check_file(input, seal);
    check_record(input, nullptr);
    check_reference(input);
    if (input.empty()) return 0;
    std::string file(input.substr(0, size / 4));
    const auto begin = begin_frame(file);
    file += input;
    end_frame(file, begin, seal.at(begin));
    file += input.substr(size / 2);
    check_file(file, seal);
    return 0;
}
