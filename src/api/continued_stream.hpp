#pragma once

#include <string>
#include <string_view>

#include "tollweir/api/front.hpp"

namespace tollweir {

/// A chunk of the upstream that goes on, as one of the stream that its client has been getting: its
/// id and time are those of the first part, and nobody takes the role again (openai-python would
/// put it behind the one it has). What is no JSON object stays as it is.
std::string continued_chunk(std::string_view json, const StreamBefore& before);

/// A usage object that counts the tokens of the first part too. What is no JSON object stays as it
/// is.
std::string summed_usage(std::string_view json, const Usage& before);

}  // namespace tollweir
