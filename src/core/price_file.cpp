#include <vector>

#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/price_field.hpp"
#include "tollweir/core/price_table.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> refuse(std::string_view name, std::string_view message) {
    std::string text = "model '";
    text.append(name.substr(0, 120)).append("': ").append(message);
    return fail(ErrorKind::bad_request, std::move(text), ErrorSource::gateway);
}

/// LiteLLM's file describes its own layout in rows of that name.
bool is_no_model(std::string_view name) {
    return name == "sample_spec" || name == "fallback_generalizations";
}

Result<ModelPrice> read_row(const std::string& name, const JsonParts& fields) {
    ModelPrice price;
    price.key = name;
    for (const auto& [field, json] : fields)
        if (auto set = set_price_field(price, field, json); !set)
            return refuse(name, field.substr(0, 120) + ": " + set.error().message);
    return price;
}

}  // namespace

Result<PriceFile> read_price_file(std::string_view json) {
    PriceFile file;
    std::vector<std::pair<std::string, std::string>> aliases;
    Result<void> read;
    const auto take = [&](std::string name, std::string_view value) {
        if (!read || is_no_model(name)) return;
        const auto fields = json_members(value);
        if (!fields) {
            read = refuse(name, "expected a mapping of fields");
            return;
        }
        if (const auto target = find_part(*fields, "same_as"); !target.empty()) {
            aliases.emplace_back(std::move(name), decode_json_string(target).value_or(""));
            return;
        }
        auto row = read_row(name, *fields);
        if (!row) {
            read = std::unexpected(row.error());
            return;
        }
        file.insert_or_assign(std::move(name), std::move(*row));
    };
    if (!for_each_member(json, take))
        return fail(ErrorKind::bad_request, "not a JSON object with a row for each model",
                    ErrorSource::gateway);
    if (!read) return std::unexpected(read.error());
    for (auto& [name, target] : aliases) {
        auto row = PriceTable(&file).find(target);
        if (!row) return refuse(name, "same_as: there is no row '" + target.substr(0, 120) + "'");
        row->key = name;
        file.insert_or_assign(std::move(name), std::move(*row));
    }
    return file;
}

}  // namespace tollweir
