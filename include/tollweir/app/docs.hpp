#pragma once

#include <string_view>

namespace tollweir {

/// `tollweir docs NAME`: prints a page of docs/ that is made from the program's own tables. Returns
/// the exit status.
int print_docs(std::string_view name);

}  // namespace tollweir
