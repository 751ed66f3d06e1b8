#include "tollweir/core/thread_name.hpp"

#include <pthread.h>

namespace tollweir {

void name_this_thread(const char* name) {
    static_cast<void>(pthread_setname_np(pthread_self(), name));
}

}  // namespace tollweir
