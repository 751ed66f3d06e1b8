#pragma once

#include <cstddef>
#include <string_view>

namespace tollweir::net {

// What every head is searched for, sixteen bytes at a time: the searches of a string_view are a
// call for each line's each part.

/// The first carriage return from `from` on; npos if there is none.
std::size_t find_return(std::string_view text, std::size_t from);

/// Where the empty line that ends a head begins, at the `\r\n` before it; npos if it is not there.
std::size_t find_head_end(std::string_view bytes);

}  // namespace tollweir::net
