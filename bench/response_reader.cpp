#include "response_reader.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tollweir::bench {
namespace {

std::optional<std::size_t> number(std::string_view text, int base) {
    std::size_t value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (end.ec != std::errc{}) return std::nullopt;
    return value;
}

// `head` is in lower case.
std::string_view field(std::string_view head, std::string_view name) {
    const std::size_t at = head.find(name);
    if (at == std::string_view::npos) return {};
    std::string_view value = head.substr(at + name.size());
    value = value.substr(0, value.find('\r'));
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    return value;
}

}  // namespace

void ResponseReader::reset() {
    part_ = Part::head;
    status_ = 0;
    left_ = 0;
    line_.clear();
    body_.clear();
}

ResponseReader::Progress ResponseReader::take(std::string_view bytes) {
    while (!bytes.empty() && part_ != Part::complete) {
        if (step(bytes) == Progress::broken) return Progress::broken;
    }
    if (part_ != Part::complete) return Progress::more;
    return bytes.empty() ? Progress::complete : Progress::broken;
}

// Moves bytes to line_ up to and with the end of the line; true when it is there.
bool ResponseReader::take_line(std::string_view& bytes) {
    const std::size_t end = bytes.find('\n');
    const std::size_t size = end == std::string_view::npos ? bytes.size() : end + 1;
    line_.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return end != std::string_view::npos;
}

ResponseReader::Progress ResponseReader::step(std::string_view& bytes) {
    switch (part_) {
        case Part::head:
            if (take_line(bytes) && line_.ends_with("\r\n\r\n")) return take_head();
            return Progress::more;
        case Part::length_body:
        case Part::chunk_data: {
            const std::size_t size = std::min(left_, bytes.size());
            body_.append(bytes.substr(0, size));
            bytes.remove_prefix(size);
            left_ -= size;
            if (left_ == 0) part_ = part_ == Part::chunk_data ? Part::chunk_end : Part::complete;
            return Progress::more;
        }
        case Part::chunk_size:
            return take_line(bytes) ? take_chunk_size() : Progress::more;
        case Part::chunk_end:
            if (!take_line(bytes)) return Progress::more;
            if (line_ != "\r\n") return Progress::broken;
            line_.clear();
            part_ = Part::chunk_size;
            return Progress::more;
        case Part::trailer:
            if (!take_line(bytes)) return Progress::more;
            if (line_ == "\r\n") part_ = Part::complete;
            line_.clear();
            return Progress::more;
        case Part::complete:
            break;
    }
    return Progress::more;
}

ResponseReader::Progress ResponseReader::take_head() {
    for (char& letter : line_) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
    }
    const auto status =
        line_.starts_with("http/1.1 ") ? number(line_.substr(9, 3), 10) : std::nullopt;
    if (!status) return Progress::broken;
    status_ = static_cast<int>(*status);
    if (field(line_, "\ntransfer-encoding:") == "chunked") {
        part_ = Part::chunk_size;
    } else {
        const auto length = number(field(line_, "\ncontent-length:"), 10);
        if (!length) return Progress::broken;
        left_ = *length;
        part_ = left_ == 0 ? Part::complete : Part::length_body;
    }
    line_.clear();
    return Progress::more;
}

ResponseReader::Progress ResponseReader::take_chunk_size() {
    const auto size = number(line_, 16);
    if (!size) return Progress::broken;
    line_.clear();
    left_ = *size;
    part_ = left_ == 0 ? Part::trailer : Part::chunk_data;
    return Progress::more;
}

}  // namespace tollweir::bench
