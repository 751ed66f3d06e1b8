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

/// Reads an operator's own file, row by row.
class OwnPrices {
public:
    OwnPrices(std::string_view json, std::vector<PriceFileError>& errors)
        : json_(json), errors_(errors) {}

    PriceFile read() {
        const auto take = [this](std::string name, std::string_view value) {
            if (!is_no_model(name)) take_row(std::move(name), value);
        };
        if (!for_each_member(json_, take))
            errors_.push_back({0, "not a JSON object with a row for each model"});
        for (const auto& alias : aliases_) take_alias(alias);
        return std::move(file_);
    }

private:
    struct Alias {
        std::string name;
        std::string target;
        std::string_view at;
    };

    void refuse(std::string_view at, const std::string& name, std::string_view message) {
        errors_.push_back({static_cast<std::size_t>(at.data() - json_.data()),
                           tollweir::refuse(name, message).error().message});
    }

    void take_row(std::string name, std::string_view value) {
        const auto fields = json_members(value);
        if (!fields) return refuse(value, name, "expected a mapping of fields");
        if (const auto target = find_part(*fields, "same_as"); !target.empty()) {
            aliases_.push_back({std::move(name), decode_json_string(target).value_or(""), target});
            return;
        }
        std::vector<PriceOverride> stated;
        bool is_good = true;
        for (const auto& [field, json] : *fields) {
            ModelPrice scratch;
            const auto set = set_price_field(scratch, field, json);
            if (set && *set) stated.emplace_back(field, json);
            if (set) continue;
            is_good = false;
            refuse(json, name, field.substr(0, 120) + ": " + set.error().message);
        }
        if (is_good) add(std::move(name), value, stated);
    }

    void add(std::string name, std::string_view at, const std::vector<PriceOverride>& stated) {
        auto row = PriceTable().find(name).value_or(ModelPrice());
        row.key = name;
        if (auto set = override_prices(row, stated); !set)
            return refuse(at, name, set.error().message);
        if (row.provider.empty())
            return refuse(at, name, "litellm_provider is missing: whose model it is");
        file_.insert_or_assign(std::move(name), std::move(row));
    }

    void take_alias(const Alias& alias) {
        auto row = PriceTable(&file_).find(alias.target);
        if (!row)
            return refuse(alias.at, alias.name,
                          "same_as: there is no row '" + alias.target.substr(0, 120) + "'");
        row->key = alias.name;
        file_.insert_or_assign(alias.name, std::move(*row));
    }

    std::string_view json_;
    std::vector<PriceFileError>& errors_;
    PriceFile file_;
    std::vector<Alias> aliases_;
};

}  // namespace

PriceFile read_own_prices(std::string_view json, std::vector<PriceFileError>& errors) {
    return OwnPrices(json, errors).read();
}

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
