#include "tollweir/core/hash.hpp"

#include <openssl/evp.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace tollweir {
namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// EVP_sha256() and the one-shot calls look the algorithm up each time, which takes three times as
// long as hashing a key. Never freed: other threads may hash while the process exits.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

EVP_MD_CTX* thread_context() {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    return context.get();
}

}  // namespace

Sha256Digest sha256(std::string_view bytes) {
    Sha256Digest digest{};
    EVP_MD_CTX* const context = thread_context();
    const bool hashed = context != nullptr && sha256_algorithm() != nullptr &&
                        EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1 &&
                        EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1 &&
                        EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1;
    if (!hashed) throw std::runtime_error("libcrypto cannot compute SHA-256");
    return digest;
}

std::string sha256_hex(std::string_view bytes) {
    return to_hex(sha256(bytes));
}

std::string to_hex(const Sha256Digest& digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text(2 * digest.size(), '\0');
    for (std::size_t i = 0; i < digest.size(); ++i) {
        text[2 * i] = kDigits[digest[i] >> 4];
        text[2 * i + 1] = kDigits[digest[i] & 15];
    }
    return text;
}

std::optional<Sha256Digest> parse_digest(std::string_view hex) {
    Sha256Digest digest{};
    if (hex.size() != 2 * digest.size()) return std::nullopt;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const char* const pair = hex.data() + 2 * i;
        if (std::from_chars(pair, pair + 2, digest[i], 16).ptr != pair + 2) return std::nullopt;
    }
    return digest;
}

bool equal_digests(const Sha256Digest& a, const Sha256Digest& b) {
    std::uint64_t difference = 0;
    for (std::size_t at = 0; at < a.size(); at += sizeof difference) {
        std::uint64_t x;
        std::uint64_t y;
        std::memcpy(&x, a.data() + at, sizeof x);
        std::memcpy(&y, b.data() + at, sizeof y);
        difference |= x ^ y;
    }
    // Hidden from the compiler, which might else stop at the first word that differs.
    asm volatile("" : "+r"(difference));
    return difference == 0;
}

}  // namespace tollweir
