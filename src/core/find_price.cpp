#include "tollweir/core/find_price.hpp"

#include <algorithm>
#include <string>

#include "core/price_guess.hpp"

namespace tollweir {
namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// `us.anthropic.claude` -> `anthropic.claude`: Bedrock's inference profiles.
std::string_view without_geography(std::string_view model) {
    constexpr std::string_view kGeographies[] = {"us", "eu", "apac", "ap", "global",
                                                 "jp", "au", "ca",   "sa", "us-gov"};
    const auto dot = model.find('.');
    if (dot == model.npos ||
        std::ranges::find(kGeographies, model.substr(0, dot)) == std::end(kGeographies))
        return model;
    return model.substr(dot + 1);
}

/// `converse/anthropic.claude` -> `anthropic.claude`: which of Bedrock's routes is meant.
std::string_view without_route(std::string_view model) {
    for (const std::string_view route : {"converse/", "converse_like/", "invoke/"})
        if (model.starts_with(route)) return model.substr(route.size());
    return model;
}

/// `claude-x-20250219`, `gpt-x-2025-04-14`, `x@20250219`, `x@001` -> what stands before.
std::string_view without_date(std::string_view model) {
    if (const auto at = model.rfind('@'); at != model.npos) return model.substr(0, at);
    const auto tail = [&](std::size_t length) {
        return model.size() > length ? model.substr(model.size() - length) : std::string_view{};
    };
    const auto whole = tail(9);
    if (whole.starts_with('-') && is_digits(whole.substr(1))) {
        model.remove_suffix(whole.size());
        return model;
    }
    const auto split = tail(11);  // -2025-04-14
    const bool is_date = split.size() == 11 && split[0] == '-' && split[5] == '-' &&
                         split[8] == '-' && is_digits(split.substr(1, 4)) &&
                         is_digits(split.substr(6, 2)) && is_digits(split.substr(9, 2));
    if (is_date) model.remove_suffix(split.size());
    return model;
}

/// `ft:gpt-4o-mini-2024-07-18:org::id` -> `ft:gpt-4o-mini-2024-07-18`.
std::string_view without_tuning(std::string_view model) {
    if (!model.starts_with("ft:")) return model;
    const auto end = model.find(':', 3);
    return model.substr(0, end);
}

/// `1024x1024` -> `1024-x-1024`, as the table spells sizes.
std::string spelled_size(std::string_view size) {
    std::string out(size);
    const auto x = out.find('x');
    if (x != out.npos && !out.contains("-x-")) out.replace(x, 1, "-x-");
    return out;
}

class Search {
public:
    Search(const PriceTable& table, const PriceQuery& query)
        : table_(table), query_(query), family_(price_family(query.provider)) {}

    std::optional<ModelPrice> run() {
        if (auto found = find_base_model()) return found;
        if (auto found = find_names(query_.model_string, query_.model)) return found;
        const auto row = size_class(query_.provider, query_.model);
        if (auto found = row.empty() ? std::nullopt : table_.find(row)) {
            // A class prices models of a kind; it is no kind itself.
            if (found->mode == "price_tier")
                found->mode = row.contains("embed") ? "embedding" : "chat";
            return found;
        }
        if (auto found = price_by_machine(query_.provider, query_.model)) return found;
        return any_claude(query_.provider, query_.model);
    }

private:
    /// The operator's word: also the row of another provider, if this one has none.
    std::optional<ModelPrice> find_base_model() {
        const auto whole = query_.base_model;
        if (whole.empty()) return std::nullopt;
        auto bare = whole;
        if (bare.starts_with(query_.provider) &&
            bare.substr(query_.provider.size()).starts_with('/'))
            bare.remove_prefix(query_.provider.size() + 1);
        if (auto found = find_names(whole, bare)) return found;
        is_any_provider_ = true;
        auto found = find_names(whole, bare);
        is_any_provider_ = false;
        return found;
    }

    std::optional<ModelPrice> one(std::string_view name) const {
        if (name.empty()) return std::nullopt;
        auto found = table_.find(name);
        if (!found || is_any_provider_ || price_family(found->provider) == family_) return found;
        return std::nullopt;
    }

    /// The provider's prefix before a name; some rows spell it with a dash.
    std::optional<ModelPrice> prefixed(std::string_view middle, std::string_view model) const {
        std::string name(query_.provider);
        name.append("/").append(middle).append(middle.empty() ? "" : "/").append(model);
        if (auto found = one(name)) return found;
        if (!query_.provider.contains('_')) return std::nullopt;
        std::replace(name.begin(),
                     name.begin() + static_cast<std::ptrdiff_t>(query_.provider.size()), '_', '-');
        return one(name);
    }

    std::optional<ModelPrice> of_image(std::string_view model) const {
        if (query_.image_size.empty() && query_.image_quality.empty()) return std::nullopt;
        const auto size = spelled_size(query_.image_size);
        const std::string quality(query_.image_quality);
        for (const auto& middle :
             {quality.empty() ? size : quality + "/" + size, size, size + "/50-steps"}) {
            if (auto found = one(middle + "/" + std::string(model))) return found;
            if (auto found = prefixed(middle, model)) return found;
        }
        return std::nullopt;
    }

    /// One spelling of the name, in each of the forms a row may have.
    std::optional<ModelPrice> forms(std::string_view whole, std::string_view model) const {
        if (auto found = of_image(model)) return found;
        if (!query_.region.empty())
            if (auto found = prefixed(query_.region, model)) return found;
        if (auto found = one(whole)) return found;
        if (auto found = one(model)) return found;
        return prefixed("", model);
    }

    std::optional<ModelPrice> find_names(std::string_view whole, std::string_view model) const {
        if (auto found = forms(whole, model)) return found;
        const auto bare = without_geography(without_route(without_tuning(model)));
        if (bare != model)
            if (auto found = forms(bare, bare)) return found;
        if (family_ == "fireworks_ai")
            if (auto found = of_fireworks(model)) return found;
        const auto undated = without_date(bare);
        return undated == bare ? std::nullopt : forms(undated, undated);
    }

    std::optional<ModelPrice> of_fireworks(std::string_view model) const {
        constexpr std::string_view kAccount = "accounts/fireworks/models/";
        if (model.starts_with(kAccount)) return prefixed("", model.substr(kAccount.size()));
        return prefixed("accounts/fireworks/models", model);
    }

    const PriceTable& table_;
    const PriceQuery& query_;
    std::string_view family_;
    bool is_any_provider_ = false;
};

}  // namespace

std::optional<ModelPrice> find_price(const PriceTable& table, const PriceQuery& query) {
    return Search(table, query).run();
}

}  // namespace tollweir
