#pragma once

#include <string>

namespace tollweir::bench {

// What the mock upstream says, ready for the wire.
extern const std::string kPlainAnswer;  // a chat completion of 600 bytes, with its head
extern const std::string kLengthRequired;
extern const std::string kStreamHead;
extern const std::string kFirstChunk;  // the role
extern const std::string kStreamEnd;   // finish reason, usage, [DONE], the last chunk

// One content event with the time of writing in it: "@" and 20 digits of now_ns().
void append_event(std::string& out);

}  // namespace tollweir::bench
