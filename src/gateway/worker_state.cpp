#include "tollweir/gateway/worker_state.hpp"

namespace tollweir {

bool WorkerState::may_note_refusal(TimePoint now) {
    if (now - refusals_since_ >= std::chrono::seconds(1)) {
        refusals_since_ = now;
        refusals_ = 0;
    }
    return ++refusals_ <= kRefusalRowsPerSecond;
}

}  // namespace tollweir
