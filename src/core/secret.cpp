#include "tollweir/core/secret.hpp"

#include "tollweir/core/hash.hpp"

namespace tollweir {

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return equal_digests(sha256(a), sha256(b));
}

}  // namespace tollweir
