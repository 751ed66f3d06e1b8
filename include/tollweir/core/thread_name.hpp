#pragma once

namespace tollweir {

/// What `top -H`, debuggers and /proc call the calling thread; Linux shows 15 bytes of it.
void name_this_thread(const char* name);

}  // namespace tollweir
