#include "tollweir/core/sse.hpp"

#include <algorithm>
#include <cstring>

namespace tollweir {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The first LF or CR at or after `begin`; the text's size if there is none.
std::size_t find_line_end(std::string_view text, std::size_t begin) {
    // In blocks, so that many lines that end with CR do not each search the whole rest for an LF.
    constexpr std::size_t kBlockBytes = 512;
    while (begin < text.size()) {
        std::size_t size = std::min(kBlockBytes, text.size() - begin);
        const char* const block = text.data() + begin;
        const void* const lf = std::memchr(block, '\n', size);
        if (lf != nullptr) size = static_cast<std::size_t>(static_cast<const char*>(lf) - block);
        const void* const cr = std::memchr(block, '\r', size);
        if (cr != nullptr) size = static_cast<std::size_t>(static_cast<const char*>(cr) - block);
        begin += size;
        if (lf != nullptr || cr != nullptr) return begin;
    }
    return begin;
}

}  // namespace

SseReader::Item SseReader::next(std::string_view region) {
    Line line;
    while (next_line(region, line)) {
        if (line.begin == line.end) {
            const Item item = complete(region, line.next);
            if (item.kind == Kind::event) return item;
        } else if (region[line.begin] == ':') {
            return take_comment(region, line);
        } else {
            take_field(region, line);
        }
    }
    return {};
}

SseReader::Item SseReader::finish(std::string_view region) {
    if (line_begin_ < region.size()) {
        Line line{line_begin_, region.size(), region.size()};
        if (first_line_ && region.substr(line.begin).starts_with(kByteOrderMark)) {
            line.begin += kByteOrderMark.size();
        }
        first_line_ = false;
        line_begin_ = scanned_ = line.next;
        if (line.begin < line.end && region[line.begin] != ':') take_field(region, line);
    }
    return complete(region, region.size());
}

void SseReader::drop() {
    line_begin_ -= event_begin_;
    scanned_ -= event_begin_;
    first_data_begin_ -= std::min(first_data_begin_, event_begin_);
    first_data_end_ -= std::min(first_data_end_, event_begin_);
    event_begin_ = 0;
}

bool SseReader::next_line(std::string_view region, Line& line) {
    if (skip_lf_ && line_begin_ < region.size()) {
        skip_lf_ = false;
        if (region[line_begin_] == '\n') {
            if (event_begin_ == line_begin_) ++event_begin_;
            ++line_begin_;
            scanned_ = line_begin_;
        }
    }
    const std::size_t end = find_line_end(region, scanned_);
    scanned_ = end;
    if (end == region.size()) return false;

    const bool cr = region[end] == '\r';
    const bool cr_lf = cr && end + 1 < region.size() && region[end + 1] == '\n';
    skip_lf_ = cr && end + 1 == region.size();
    line = {line_begin_, end, end + (cr_lf ? 2 : 1)};
    if (first_line_) {
        first_line_ = false;
        if (region.substr(line.begin, end - line.begin).starts_with(kByteOrderMark)) {
            line.begin += kByteOrderMark.size();
        }
    }
    line_begin_ = scanned_ = line.next;
    return true;
}

SseReader::Item SseReader::take_comment(std::string_view region, const Line& line) {
    // Only one between events is done with; inside an event it stays until the event is.
    const bool between_events = data_lines_ == 0 && !has_fields_;
    if (between_events) event_begin_ = line.next;
    Item item;
    item.kind = Kind::comment;
    item.raw = region.substr(line.begin, line.end - line.begin);
    return item;
}

void SseReader::take_field(std::string_view region, const Line& line) {
    has_fields_ = true;
    const std::string_view text = region.substr(line.begin, line.end - line.begin);
    if (!text.starts_with("data")) return;
    std::size_t value = 4;
    if (value < text.size() && text[value++] != ':') return;  // another field's name
    if (value < text.size() && text[value] == ' ') ++value;
    if (++data_lines_ == 1) {
        first_data_begin_ = line.begin + value;
        first_data_end_ = line.end;
        return;
    }
    if (data_lines_ == 2) {
        joined_ = region.substr(first_data_begin_, first_data_end_ - first_data_begin_);
    }
    joined_ += '\n';
    joined_ += text.substr(value);
}

SseReader::Item SseReader::complete(std::string_view region, std::size_t end) {
    Item item;
    if (data_lines_ > 0) {
        item.kind = Kind::event;
        item.raw = region.substr(event_begin_, end - event_begin_);
        item.data = data_lines_ > 1
                        ? std::string_view(joined_)
                        : region.substr(first_data_begin_, first_data_end_ - first_data_begin_);
        item.canonical = data_lines_ == 1 && item.raw.size() == item.data.size() + 8 &&
                         item.raw.starts_with("data: ") && item.raw.ends_with("\n\n");
    }
    event_begin_ = end;
    data_lines_ = 0;
    has_fields_ = false;
    return item;
}

}  // namespace tollweir
