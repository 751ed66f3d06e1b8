#include "providers/openai/words.hpp"

#include <algorithm>
#include <string>

namespace tollweir {
namespace {

template <class Test>
bool any_word(std::string_view words, Test test) {
    while (!words.empty()) {
        const auto word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(words.size(), word.size() + 1));
        if (!word.empty() && test(word)) return true;
    }
    return false;
}

}  // namespace

bool holds_word_of(std::string_view text, std::string_view words) {
    if (words == "*") return true;
    std::string lower(text);
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return any_word(words, [&lower](std::string_view word) { return lower.contains(word); });
}

bool is_word_of(std::string_view text, std::string_view words) {
    return any_word(words, [text](std::string_view word) { return word == text; });
}

void append_words(std::string_view words, std::vector<std::string_view>& out) {
    any_word(words, [&out](std::string_view word) {
        out.push_back(word);
        return false;
    });
}

}  // namespace tollweir
