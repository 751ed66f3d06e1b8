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

}  // namespace tollweir::net
