#pragma once

#include <string>

#include "tollweir/telemetry/request_record.hpp"

namespace tollweir {

/// One line a request, gathered by a worker and handed over in blocks: waking the log's thread for
/// each line costs 15 us. Worker thread only.
class RequestLog {
public:
    void append(const RequestRecord& record);
    /// Hands over what has gathered. Called each tick and at the end.
    void flush();

private:
    void append_text(const RequestRecord& record);
    void append_json(const RequestRecord& record);

    std::string block_;
};

}  // namespace tollweir
