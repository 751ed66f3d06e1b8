#pragma once

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// Makes the heads for what the provider offers. Where a `*` leaves the model open they are made as
/// a request comes, and here only tried. Errors: what the adapter cannot read in the deployment, or
/// an invalid head.
Result<void> prepare_deployment(Deployment& deployment);

}  // namespace tollweir
