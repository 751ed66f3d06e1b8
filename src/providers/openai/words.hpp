#pragma once

#include <string_view>
#include <vector>

namespace tollweir {

/// Does `text` (a model's name) hold one of `words`, blanks between, whatever the case? `*` is in
/// every name. Words are lower case.
bool holds_word_of(std::string_view text, std::string_view words);
/// Is `text` one of `words`?
bool is_word_of(std::string_view text, std::string_view words);
void append_words(std::string_view words, std::vector<std::string_view>& out);

}  // namespace tollweir
