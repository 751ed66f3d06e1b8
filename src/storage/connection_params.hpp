#pragma once

#include <string_view>

namespace tollweir {

/// Whether libpq or Prisma knows a parameter of this name.
bool is_connection_param(std::string_view name);

}  // namespace tollweir
