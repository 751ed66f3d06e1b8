#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/connection_string.hpp"
#include "storage/sql_text.hpp"
#include "tollweir/core/percent.hpp"

using namespace tollweir;

namespace {

std::string value(const ConnectionTarget& target, std::string_view keyword) {
    const auto* found = target.find(keyword);
    return found == nullptr ? "" : *found;
}

/// What was understood, written with everything encoded, must be understood alike.
void expect_the_same_encoded(const ConnectionTarget& target) {
    std::string url = "postgresql://";
    append_percent_encoded(url, value(target, "user"));
    url += ':';
    append_percent_encoded(url, value(target, "password"));
    url += "@h/";
    append_percent_encoded(url, value(target, "dbname"));
    const auto again = parse_connection_string(url);
    if (!again) std::abort();
    for (const std::string_view keyword : {"user", "password", "dbname"})
        if (value(*again, keyword) != value(target, keyword)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto target = parse_connection_string(text);
    if (target && !target->sqlite_file) expect_the_same_encoded(*target);
    if (const auto items = read_array_literal(text))
        if (read_array_literal(array_literal(*items)) != items) std::abort();
    return 0;
}
