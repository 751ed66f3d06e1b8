#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tollweir::bench {

// CLOCK_MONOTONIC in nanoseconds: one clock for upstream and load generator, since both run here.
std::int64_t now_ns();

// CPU time, user and system, of all threads of a process since its start.
std::int64_t cpu_ns_of(int pid);

// All of these end the program with a line on stderr when the system refuses.
int listen_on_loopback(std::uint16_t port);
int connect_to_loopback(std::uint16_t port);
void make_nonblocking(int fd);
void set_no_delay(int fd);
int make_epoll();
// The connection's file descriptor is what comes back in data.fd.
void watch(int epoll, int operation, int fd, std::uint32_t events);
void raise_file_limit();
[[noreturn]] void die(std::string_view what);

// Sends what the socket takes; -1 on a broken connection.
std::ptrdiff_t send_some(int fd, std::string_view bytes);

}  // namespace tollweir::bench
