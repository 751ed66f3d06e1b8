#pragma once

#include <string>
#include <vector>

#include "tollweir/config/stored_models.hpp"
#include "tollweir/config/stored_settings.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// The store's models, credentials and settings, as this process serves them. Any thread.
class LiveConfig {
public:
    virtual ~LiveConfig() = default;

    /// Whether the row can be served: read as it would be, but put nowhere. Errors: `bad_request`,
    /// in words for whoever sent it.
    virtual Result<void> check(const StoredModel& model) const = 0;
    /// Whether everything that one row (`row_name`) of these says can be put in force, over the
    /// file. Errors: `bad_request`, likewise.
    virtual Result<void> check(const StoredSettings& settings, const std::string& row) const = 0;
    /// Those in force, the file's among them.
    virtual std::vector<ShownCredential> credentials() const = 0;
    /// Of `general_settings`, those that the store may set.
    virtual std::vector<ShownSetting> general_settings() const = 0;
    /// Puts in force what the store has now, and returns when requests begin under it; later, where
    /// that takes longer than people wait. On a thread of the store's, outside a transaction.
    virtual void refresh(Sql& sql) = 0;
};

}  // namespace tollweir
