#pragma once

#include <string_view>
#include <utility>

#include "gateway/admin/stored_rows.hpp"
#include "tollweir/gateway/live_config.hpp"

namespace tollweir {

// What the routes that change the store's part of the configuration share.

/// Whether it is read at all. Errors: as clients hear them; `more` ends what is said of switching
/// it on.
Result<void> need_stored_config(const RequestContext& context, bool is_on,
                                std::string_view error_type, std::string_view more = {});

/// Likewise its credentials and settings.
Result<void> need_stored_settings(const RequestContext& context, std::string_view error_type);

/// As serve_body, for what the store keeps of the configuration.
template <class Parse, class Work>
net::Task<Result<void>> serve_setting_change(RequestContext& context, Parse parse, Work work,
                                             std::string_view error_type) {
    if (auto good = need_stored_settings(context, error_type); !good)
        co_return std::unexpected(std::move(good.error()));
    co_return co_await serve_body(context, std::move(parse), work, error_type);
}

/// As serve_rows, likewise.
template <class Work>
net::Task<Result<void>> serve_settings(RequestContext& context, Work work,
                                       std::string_view error_type) {
    if (auto good = need_stored_settings(context, error_type); !good)
        co_return std::unexpected(std::move(good.error()));
    co_return co_await serve_rows(context, std::move(work), error_type);
}

}  // namespace tollweir
