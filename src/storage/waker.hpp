#pragma once

#include <chrono>

namespace tollweir {

/// Wakes a thread that waits for a time or for a socket. Any thread wakes.
class Waker {
public:
    Waker();
    ~Waker();
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    void wake();
    /// Until woken or `longest` has passed, or until `socket` can be read (-1: none). What was
    /// woken for is then forgotten. True: the socket can be read.
    bool wait(std::chrono::milliseconds longest, int socket = -1);

private:
    int descriptor_;
};

}  // namespace tollweir
