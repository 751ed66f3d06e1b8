#pragma once

#include <string>

#include "tollweir/telemetry/journal.hpp"
#include "tollweir/telemetry/spend_writer.hpp"

namespace tollweir {

/// What becomes of spend on its way from calls into the store, as Prometheus reads it.
void append_spend_metrics(const Journal& journal, const SpendWriter& writer, std::string& out);

}  // namespace tollweir
