#include "tollweir/core/key_digest.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>

#include "core/siphash.hpp"

namespace tollweir {
namespace {

using Tag = std::array<std::uint64_t, 2>;

// Places of a thread's table: 48 KiB. A key that falls on another's place takes it.
constexpr std::size_t kPlaces = 1024;
// Nobody's key is longer; a long text would cost as much here as there.
constexpr std::size_t kMostBytes = 256;

Tag from_system() {
    Tag bits{};
    if (getrandom(bits.data(), sizeof bits, 0) != sizeof bits)
        throw std::system_error(errno, std::generic_category(), "getrandom");
    return bits;
}

const Tag& secret() {
    static const Tag bits = from_system();
    return bits;
}

struct Remembered {
    Tag tag{};
    Sha256Digest digest{};
};

}  // namespace

Sha256Digest digest_of_key(std::string_view key) {
    if (key.empty() || key.size() > kMostBytes) return sha256(key);
    thread_local const auto table = std::make_unique<std::array<Remembered, kPlaces>>();
    const auto tag = siphash128(secret(), key);
    auto& place = (*table)[tag[0] % kPlaces];
    if (place.tag != tag) place = {tag, sha256(key)};
    return place.digest;
}

}  // namespace tollweir
