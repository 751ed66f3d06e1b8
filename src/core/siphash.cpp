#include "core/siphash.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

namespace tollweir {
namespace {

static_assert(std::endian::native == std::endian::little);

struct State {
    std::uint64_t v0;
    std::uint64_t v1;
    std::uint64_t v2;
    std::uint64_t v3;

    void round() {
        v0 += v1;
        v2 += v3;
        v1 = std::rotl(v1, 13) ^ v0;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 = std::rotl(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = std::rotl(v1, 17) ^ v2;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 = std::rotl(v2, 32);
    }
    void absorb(std::uint64_t word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
    std::uint64_t squeeze() {
        for (int i = 0; i < 4; ++i) round();
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

}  // namespace

std::array<std::uint64_t, 2> siphash128(std::array<std::uint64_t, 2> key, std::string_view bytes) {
    State state{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d ^ 0xee,
                key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
    const auto size = bytes.size();
    while (bytes.size() >= 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data(), sizeof word);
        state.absorb(word);
        bytes.remove_prefix(8);
    }
    std::uint64_t last = static_cast<std::uint64_t>(size) << 56;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        last |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    state.absorb(last);
    state.v2 ^= 0xee;
    const auto low = state.squeeze();
    state.v1 ^= 0xdd;
    return {low, state.squeeze()};
}

}  // namespace tollweir
