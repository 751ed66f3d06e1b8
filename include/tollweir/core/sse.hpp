#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tollweir {

/// Finds server-sent events in a buffer that grows at its end. Bytes may arrive in any cut; line
/// ends may be LF, CR or CRLF (WHATWG HTML, "Interpreting an event stream").
///
/// The caller owns the bytes: it hands the same region again with more at its end, and after each
/// item drops `consumed()` bytes from the front at a time of its choosing (`drop`). No byte is
/// looked at twice, so a big event in many small reads costs no more than in one.
class SseReader {
public:
    enum class Kind : unsigned char {
        more,     // no complete item left: read on
        event,    // `data` holds its data lines joined by LF
        comment,  // one comment line, `raw` without its line end
    };
    struct Item {
        Kind kind = Kind::more;
        std::string_view data;
        std::string_view raw;    // the bytes it came in, blank line included
        bool canonical = false;  // raw is exactly "data: " + data + "\n\n"
    };

    /// The next item of `region`, which begins at the first byte not yet dropped. Events without a
    /// data line are skipped. A comment inside an event comes before that event.
    Item next(std::string_view region);
    /// At the end of the stream: an event whose blank line never came, if there is one. Call after
    /// `next` returned `more`.
    Item finish(std::string_view region);

    /// Bytes at the front of the region that are done with.
    std::size_t consumed() const { return event_begin_; }
    /// Says that the caller dropped `consumed()` bytes from the front.
    void drop();

private:
    struct Line {
        std::size_t begin, end, next;  // text and start of the next line, offsets into the region
    };
    bool next_line(std::string_view region, Line& line);
    void take_field(std::string_view region, const Line& line);
    Item take_comment(std::string_view region, const Line& line);
    Item complete(std::string_view region, std::size_t end);

    std::size_t event_begin_ = 0;  // where the event being gathered begins
    std::size_t line_begin_ = 0;
    std::size_t scanned_ = 0;  // no line end before this
    bool skip_lf_ = false;     // the last line ended with a CR at the region's end
    bool first_line_ = true;   // it may begin with a byte order mark
    bool has_fields_ = false;  // the event being gathered has a line that is no comment
    std::size_t data_lines_ = 0;
    std::size_t first_data_begin_ = 0, first_data_end_ = 0;
    std::string joined_;  // the data of an event with several data lines
};

}  // namespace tollweir
