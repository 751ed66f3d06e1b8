#include "tollweir/app/docs.hpp"

#include <cstdio>
#include <string>

#include "tollweir/config/reference.hpp"
#include "tollweir/providers/reference.hpp"

namespace tollweir {
namespace {

struct Page {
    std::string_view name;
    std::string (*text)();
};

constexpr Page kPages[] = {
    {"configuration", configuration_reference},
    {"providers", providers_reference},
};

}  // namespace

int print_docs(std::string_view name) {
    for (const auto& page : kPages) {
        if (page.name != name) continue;
        std::fputs(page.text().c_str(), stdout);
        return 0;
    }
    std::string names;
    for (const auto& page : kPages) names.append(" ").append(page.name);
    std::fprintf(stderr, "tollweir: docs prints one of:%s\n", names.c_str());
    return 2;
}

}  // namespace tollweir
