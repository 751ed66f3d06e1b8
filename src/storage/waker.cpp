#include "storage/waker.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>

namespace tollweir {

Waker::Waker() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw std::runtime_error("no descriptor is left");
}

Waker::~Waker() {
    ::close(descriptor_);
}

void Waker::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

bool Waker::wait(std::chrono::milliseconds longest, int socket) {
    pollfd both[] = {{descriptor_, POLLIN, 0}, {socket, POLLIN, 0}};  // poll leaves out -1
    if (::poll(both, 2, static_cast<int>(longest.count())) <= 0) return false;
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(descriptor_, &count, sizeof count);
    return both[1].revents != 0;
}

}  // namespace tollweir
