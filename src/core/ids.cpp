#include "tollweir/core/ids.hpp"

#include <sys/random.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <system_error>

#include "tollweir/core/base64.hpp"

namespace tollweir {
namespace {

void fill_from_system(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

// xoshiro256++ by Blackman and Vigna (2019).
class Generator {
public:
    Generator() {
        do {
            fill_from_system(std::as_writable_bytes(std::span(state_)));
        } while ((state_[0] | state_[1] | state_[2] | state_[3]) == 0);  // its one fixed point
    }

    std::uint64_t operator()() {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

private:
    std::array<std::uint64_t, 4> state_{};
};

// Each byte as its two hex digits.
constexpr auto kHexPairs = [] {
    constexpr char kDigits[] = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t byte = 0; byte < pairs.size(); ++byte)
        pairs[byte] = {kDigits[byte >> 4], kDigits[byte & 15]};
    return pairs;
}();

}  // namespace

std::uint64_t random_bits() {
    thread_local Generator next;
    return next();
}

void append_uuid4(std::string& out) {
    // RFC 9562: the version is the high half of byte 6, the variant the two top bits of byte 8.
    const std::uint64_t high = (random_bits() & ~std::uint64_t{0xf000}) | 0x4000;
    const std::uint64_t low = (random_bits() & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63;
    char text[36];
    char* at = text;
    const auto put = [&at](std::uint64_t half, int first, int bytes) {
        for (int shift = 56 - 8 * first; bytes-- > 0; shift -= 8, at += 2)
            std::memcpy(at, kHexPairs[half >> shift & 0xff].data(), 2);
    };
    put(high, 0, 4);
    *at++ = '-';
    put(high, 4, 2);
    *at++ = '-';
    put(high, 6, 2);
    *at++ = '-';
    put(low, 0, 2);
    *at++ = '-';
    put(low, 2, 6);
    out.append(text, sizeof text);
}

std::string new_secret_key() {
    std::array<std::byte, 16> bytes;
    fill_from_system(bytes);
    std::string key = "sk-";
    append_base64url(key, bytes);
    return key;
}

}  // namespace tollweir
