#pragma once

#include <string>
#include <string_view>

#include "tollweir/core/json.hpp"

namespace tollweir {

/// Text with the readable bytes behind it that the scanner may ask for. They are no blanks, so that
/// reading them shows.
class Padded {
public:
    explicit Padded(std::string_view text)
        : bytes_(std::string(text) + std::string(kJsonPadding, '}')), size_(text.size()) {}

    std::string_view view() const { return std::string_view(bytes_).substr(0, size_); }

private:
    std::string bytes_;
    std::size_t size_;
};

}  // namespace tollweir
