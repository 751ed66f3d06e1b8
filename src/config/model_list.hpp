#pragma once

#include "config/settings.hpp"

namespace tollweir {

/// `model_list`, `credential_list` and `--model`: fills `config.deployments`.
void read_models(const LoadContext& context, Config& config);

}  // namespace tollweir
