#pragma once

#include <string>
#include <string_view>

#include "tollweir/core/error.hpp"

namespace tollweir {

/// Reads the error answer of an OpenAI-shaped upstream, in any of the shapes such servers send:
/// OpenAI's object, vLLM's flat one, `detail`, `message`, plain text, HTML, nothing.
/// spec/README.md, decisions 2 and 21; spec/providers-openai-family.md 1.7.
GatewayError parse_openai_error(int status, std::string_view body);

/// The class of an error by decision 21: typed names first, then known texts, then the status.
/// `names` are the values of code, type and inner code, most exact first.
ErrorKind classify_error(int status, std::initializer_list<std::string_view> names,
                         std::string_view message);

/// Puts `***` in place of all that looks like a key, since some upstreams repeat ours.
std::string mask_keys(std::string_view text);

/// Text of a page without markup, blanks joined, at most `max_bytes` and whole UTF-8.
std::string plain_text(std::string_view text, std::size_t max_bytes);

}  // namespace tollweir
