#include "config/own_prices.hpp"

#include <algorithm>

#include "config/include_files.hpp"
#include "config/section.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kKey = "model_prices";

Position position_of(std::string_view text, std::size_t at, int file) {
    const auto before = text.substr(0, at);
    const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is the text's begin
    return {file, static_cast<int>(std::ranges::count(before, '\n')) + 1,
            static_cast<int>(at - line_begin) + 1};
}

}  // namespace

SharedValue<PriceFile> load_own_prices(const Node& root, const std::filesystem::path& folder,
                                       std::vector<std::filesystem::path>& files,
                                       Findings& findings) {
    const Section section(root.find("tollweir_settings"), "tollweir_settings", "tollweir_settings",
                          findings);
    const auto name = section.present() ? section.text(kKey) : std::nullopt;
    if (!name || name->empty()) return {};
    const auto file = folder / *name;  // a whole path stays as it is
    const auto text = read_text(file, section.find(kKey)->at, section.path(kKey), findings);
    if (!text) return {};
    files.push_back(file);
    std::vector<PriceFileError> errors;
    auto prices = read_own_prices(*text, errors);
    const int number = errors.empty() ? -1 : findings.add_file(file.string());
    for (auto& error : errors)
        findings.error(position_of(*text, error.at, number), "", std::move(error.message));
    return std::make_shared<const PriceFile>(std::move(prices));
}

}  // namespace tollweir
