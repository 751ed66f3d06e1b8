#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/core/price.hpp"

namespace tollweir {

/// Rows of a file of prices, by name; of one the operator gives, and of the project's own when it
/// is checked.
using PriceFile = std::map<std::string, ModelPrice, std::less<>>;

/// Reads a table of prices: ours (docs/prices.md) or LiteLLM's `model_prices_and_context_window`.
/// Fields that are known to neither are passed over. Errors (`bad_request`): not a JSON object, a
/// row or field that cannot be understood; the message names both.
Result<PriceFile> read_price_file(std::string_view json);

/// What is wrong in a file of prices, and the byte where it stands.
struct PriceFileError {
    std::size_t at = 0;
    std::string message;
};

/// A file of the operator's own, of the same layout: each row is laid over the built-in one of its
/// name as a deployment's prices are over the table's (override_prices). A row of a new name needs
/// a provider. Rows with an error are left out, and each error is told.
PriceFile read_own_prices(std::string_view json, std::vector<PriceFileError>& errors);

/// The built-in rows, with those of a file in front. A view: the file outlives it. Any thread.
class PriceTable {
public:
    explicit PriceTable(const PriceFile* file = nullptr) : file_(file) {}

    /// The row of exactly this name, aliases resolved; `key` is `name`.
    std::optional<ModelPrice> find(std::string_view name) const;

    /// Calls `see` with each name and its row's provider and mode, in order of names, the file's
    /// first.
    using Seen = std::function<void(std::string_view name, std::string_view provider,
                                    std::string_view mode)>;
    void for_each(const Seen& see) const;

private:
    const PriceFile* file_;
};

/// Names in the built-in table, aliases included.
std::size_t builtin_price_count();

}  // namespace tollweir
