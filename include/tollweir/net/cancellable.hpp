#pragma once

namespace tollweir::net {

/// Something a request may be waiting for. `cancel` makes the wait end soon with
/// `IoStatus::cancelled`, and every later one at once. Called on the worker that owns it.
class Cancellable {
public:
    virtual void cancel() = 0;

protected:
    ~Cancellable() = default;
};

/// What a request is waiting for right now. It goes from a look-up to a connection to the next one;
/// a cancellation that comes between two of them meets the next.
class CancelSlot final : public Cancellable {
public:
    void set(Cancellable* current) {
        current_ = current;
        if (cancelled_ && current_ != nullptr) current_->cancel();
    }
    void cancel() override {
        cancelled_ = true;
        if (current_ != nullptr) current_->cancel();
    }
    bool is_cancelled() const { return cancelled_; }

private:
    Cancellable* current_ = nullptr;
    bool cancelled_ = false;
};

}  // namespace tollweir::net
