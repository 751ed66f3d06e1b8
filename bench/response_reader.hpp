#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tollweir::bench {

// Reads one HTTP/1.1 response after the other from bytes as they come, chunked or with a length.
class ResponseReader {
public:
    enum class Progress { more, complete, broken };

    // Appends what it decodes to body(). Bytes behind the end of the response are `broken`, since
    // nobody here asks before the last answer is complete.
    Progress take(std::string_view bytes);
    void reset();

    int status() const { return status_; }
    std::string& body() { return body_; }

private:
    enum class Part { head, length_body, chunk_size, chunk_data, chunk_end, trailer, complete };

    Progress step(std::string_view& bytes);
    Progress take_head();
    Progress take_chunk_size();
    bool take_line(std::string_view& bytes);

    Part part_ = Part::head;
    int status_ = 0;
    std::size_t left_ = 0;  // of the body or of the chunk
    std::string line_;      // a head or a line that is not complete yet
    std::string body_;
};

}  // namespace tollweir::bench
