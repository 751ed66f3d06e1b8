#include "tollweir/core/short_copy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tollweir {
namespace {

TEST(ShortCopy, CopiesEverySizeAndNothingBeside) {
    std::string from;
    for (int i = 0; i < 100; ++i) from += static_cast<char>('!' + i % 90);
    for (std::size_t size = 0; size <= from.size(); ++size) {
        const std::string source = from.substr(0, size);
        std::string to(size + 2, '.');
        copy_short(to.data() + 1, source.data(), size);
        EXPECT_EQ(to, "." + source + ".") << size;
    }
    copy_short(nullptr, nullptr, 0);
}

}  // namespace
}  // namespace tollweir
