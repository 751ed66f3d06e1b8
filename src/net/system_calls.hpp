#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace tollweir::net {

// Of the socket calls that a request makes. The C library's are points where a thread may be
// cancelled, which costs each two atomic operations; no thread of ours ever is. `errno` is set.

inline ssize_t receive(int socket, void* data, std::size_t size, int flags) {
    return ::syscall(SYS_recvfrom, socket, data, size, flags, nullptr, nullptr);
}

inline ssize_t send(int socket, const void* data, std::size_t size, int flags) {
    return ::syscall(SYS_sendto, socket, data, size, flags, nullptr, 0);
}

inline ssize_t send(int socket, const msghdr& message, int flags) {
    return ::syscall(SYS_sendmsg, socket, &message, flags);
}

}  // namespace tollweir::net
