#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <vector>

#include "tollweir/core/clock.hpp"

namespace tollweir::net {

/// Something with deadlines: a member of one of a Tick's two lists, or of none. Removes itself when
/// destroyed.
class TickItem {
public:
    TickItem() = default;
    TickItem(const TickItem&) = delete;
    TickItem& operator=(const TickItem&) = delete;

    /// Checks deadlines. Must not destroy items: cancel a socket and let its owner find out.
    virtual void on_tick(TimePoint now) = 0;

protected:
    ~TickItem() { unlink(); }

private:
    friend class Tick;
    void unlink();
    void link_before(TickItem& other);

    TickItem* previous_ = this;
    TickItem* next_ = this;
};

/// One timer a worker instead of one an operation: a timer per read and write costs 8 to 35 points
/// of CPU against nginx (performance notes). Items that wait for something short are looked at
/// every 20 ms while there are any, all others every second. Worker thread only.
class Tick {
public:
    static constexpr std::chrono::milliseconds kFast{20};
    static constexpr std::chrono::milliseconds kSlow{1000};

    explicit Tick(boost::asio::io_context& context);

    void add_busy(TickItem& item);
    void add_idle(TickItem& item);

    /// Called each tick, fast ones too; for a worker's own chores (log blocks, pool sweeps).
    void every_tick(std::function<void(TimePoint)> chore) { chores_.push_back(std::move(chore)); }

    void start();
    void stop();
    /// The next tick comes now, and fast ones follow.
    void hurry();

    /// When the last tick came: the time to within 20 ms while requests run, else a second, for
    /// free.
    TimePoint last() const { return last_; }

    /// What time people had then; exact but for what the clock was set by since the last tick.
    WallTime wall_time_of(TimePoint when) const {
        return last_wall_ + std::chrono::duration_cast<WallTime::duration>(when - last_);
    }

    /// How late the last tick came: the time that something held up the loop.
    std::chrono::nanoseconds lag() const { return lag_; }
    std::chrono::nanoseconds max_lag() const { return max_lag_; }

private:
    struct Anchor final : TickItem {
        void on_tick(TimePoint) override {}
    };

    void arm(TimePoint when);
    void run();
    void note(TimePoint now);
    static void visit(Anchor& list, TimePoint now);

    boost::asio::steady_timer timer_;
    Anchor busy_;
    Anchor idle_;
    std::vector<std::function<void(TimePoint)>> chores_;
    TimePoint due_ = kNever;
    TimePoint last_slow_{};
    TimePoint last_{};
    WallTime last_wall_{};
    TimePoint last_busy_{};
    bool fast_ = false;      // how the next tick is set
    bool saw_busy_ = false;  // since the last tick
    std::chrono::nanoseconds lag_{0};
    std::chrono::nanoseconds max_lag_{0};
    bool stopped_ = false;
};

}  // namespace tollweir::net
