#pragma once

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

// Coroutines on a worker. Asio's own `awaitable` does the same; ours exists because a request runs
// through a dozen of them, and each of Asio's takes two hundred instructions more: a search for its
// frame's memory, a stack of frames kept beside the machine's, an executor copied at every step.
// Waiting itself stays Asio's (`completion`).

namespace tollweir::net {

namespace task_detail {

/// What every coroutine has: whom it goes on in when it ends.
struct Frame {
    std::coroutine_handle<> self;
    Frame* parent = nullptr;  // null: spawned, or not begun

    /// Destroys the spawned coroutine that this one works for, and with it all of its callees.
    void destroy_all() {
        auto* frame = this;
        while (frame->parent != nullptr) frame = frame->parent;
        frame->self.destroy();
    }
};

template <class T>
struct Outcome {
    std::optional<T> value;
    template <class Value = T>
        requires std::constructible_from<T, Value&&>
    void return_value(Value&& result) {
        value.emplace(std::forward<Value>(result));
    }
    T take() { return std::move(*value); }
};

template <>
struct Outcome<void> {
    void return_void() {}
    void take() {}
};

struct GoOnInParent {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
        return ended.promise().parent->self;
    }
    void await_resume() const noexcept {}
};

template <class... Results>
struct Waiter {
    Frame* frame = nullptr;
    std::optional<std::tuple<Results...>> results;
};

/// The handler of one operation of Asio. Destroyed without having been called, as when the loop
/// goes, it takes the coroutine along.
template <class... Results>
class Resume {
public:
    explicit Resume(Waiter<Results...>& waiter) : waiter_(&waiter) {}
    Resume(Resume&& other) noexcept : waiter_(std::exchange(other.waiter_, nullptr)) {}
    Resume& operator=(Resume&&) = delete;
    ~Resume() {
        if (waiter_ != nullptr) waiter_->frame->destroy_all();
    }
    void operator()(Results... results) {
        auto& waiter = *std::exchange(waiter_, nullptr);
        waiter.results.emplace(std::move(results)...);
        waiter.frame->self.resume();
    }

private:
    Waiter<Results...>* waiter_;
};

template <class Begin, class... Results>
class Completion {
public:
    explicit Completion(Begin begin) : begin_(std::move(begin)) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiting) noexcept {
        waiter_.frame = &waiting.promise();
        begin_(Resume<Results...>(waiter_));
    }
    auto await_resume() {
        if constexpr (sizeof...(Results) == 1)
            return std::move(std::get<0>(*waiter_.results));
        else if constexpr (sizeof...(Results) > 1)
            return std::move(*waiter_.results);
    }

private:
    Begin begin_;
    Waiter<Results...> waiter_;
};

}  // namespace task_detail

/// A coroutine that begins when it is awaited, on the caller's worker, and throws in the caller
/// what it throws. Awaited at most once. Whoever destroys one that waits destroys those it waits
/// for.
template <class T>
class [[nodiscard]] Task {
public:
    struct promise_type : task_detail::Frame, task_detail::Outcome<T> {
        std::exception_ptr thrown;

        Task get_return_object() {
            const auto handle = std::coroutine_handle<promise_type>::from_promise(*this);
            self = handle;
            return Task(handle);
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        task_detail::GoOnInParent final_suspend() noexcept { return {}; }
        void unhandled_exception() { thrown = std::current_exception(); }
    };

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    class Awaiter {
    public:
        explicit Awaiter(Task task) : task_(std::move(task)) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> caller) noexcept {
            task_.handle_.promise().parent = &caller.promise();
            return task_.handle_;
        }
        T await_resume() {
            auto& promise = task_.handle_.promise();
            if (promise.thrown) std::rethrow_exception(promise.thrown);
            return promise.take();
        }

    private:
        Task task_;
    };
    Awaiter operator co_await() && noexcept { return Awaiter(std::move(*this)); }

private:
    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

    std::coroutine_handle<promise_type> handle_;
};

/// Waits for one operation of Asio: `begin` starts it with the handler that it is given, which
/// takes `Results`. Awaiting gives the result, a tuple of several, nothing of none.
/// \code
///   const auto error = co_await completion<boost::system::error_code>(
///       [&](auto handler) { timer.async_wait(std::move(handler)); });
/// \endcode
template <class... Results, class Begin>
auto completion(Begin begin) {
    return task_detail::Completion<Begin, Results...>(std::move(begin));
}

namespace task_detail {

/// A coroutine that nobody awaits: as a handler, which begins it.
class Spawned {
public:
    struct promise_type : Frame {
        Spawned get_return_object() {
            const auto handle = std::coroutine_handle<promise_type>::from_promise(*this);
            self = handle;
            return Spawned(handle);
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };

    Spawned(Spawned&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Spawned& operator=(Spawned&&) = delete;
    ~Spawned() {
        if (handle_) handle_.destroy();
    }
    void operator()() { std::exchange(handle_, nullptr).resume(); }

private:
    explicit Spawned(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

    std::coroutine_handle<promise_type> handle_;
};

template <class T, class OnEnd>
Spawned spawned(boost::asio::io_context& context, Task<T> task, OnEnd on_end) {
    std::exception_ptr thrown;
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> result;
    try {
        if constexpr (std::is_void_v<T>)
            co_await std::move(task);
        else
            result.emplace(co_await std::move(task));
    } catch (...) {
        thrown = std::current_exception();
    }
    co_await completion<>([&](auto handler) { boost::asio::post(context, std::move(handler)); });
    if constexpr (std::is_void_v<T>)
        on_end(thrown);
    else
        on_end(thrown, std::move(result));
}

}  // namespace task_detail

/// Runs a task by itself: at once when called on the context's thread, else there. When it has
/// ended and its frame is gone, the loop calls `on_end` with what it threw and, of a task that has
/// a result, with an optional of that; it may not throw. A loop that goes takes the task along and
/// calls nobody.
template <class T, class OnEnd>
void spawn(boost::asio::io_context& context, Task<T> task, OnEnd on_end) {
    boost::asio::dispatch(context,
                          task_detail::spawned(context, std::move(task), std::move(on_end)));
}

}  // namespace tollweir::net
