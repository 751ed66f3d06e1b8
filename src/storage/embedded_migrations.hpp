#pragma once

#include <span>
#include <string_view>

namespace tollweir {

/// A file of migrations/, in the binary (scripts/embed_migrations).
struct Migration {
    int number;
    std::string_view name;  // `0001_litellm_tables`
    std::string_view script;
};

/// In the order in which they run; the same numbers and names in both.
std::span<const Migration> sqlite_migrations();
std::span<const Migration> postgres_migrations();

}  // namespace tollweir
