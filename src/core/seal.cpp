#include "tollweir/core/seal.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <memory>
#include <span>
#include <stdexcept>

#include "tollweir/core/base64.hpp"
#include "tollweir/core/hash.hpp"

// Source of the forms: LiteLLM, litellm/proxy/common_utils/encrypt_decrypt_utils.py, as of
// 2026-10; docs/stored-models.md.

namespace tollweir {
namespace {

constexpr std::string_view kHashedKey = "v2:gcm:";
constexpr std::string_view kDerivedKey = "v3:gcm:";
constexpr std::string_view kDerivedFor = "litellm-at-rest-v3";
constexpr std::size_t kGcmNonce = 12;
constexpr std::size_t kGcmTag = 16;
constexpr std::size_t kLeastBox = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;

static_assert(crypto_secretbox_KEYBYTES == std::tuple_size_v<Sha256Digest>);
static_assert(crypto_auth_hmacsha256_BYTES == std::tuple_size_v<Sha256Digest>);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

void need_sodium() {
    static const bool is_usable = sodium_init() >= 0;
    if (!is_usable) throw std::runtime_error("libsodium cannot be used");
}

/// Either alphabet, with or without padding.
std::optional<std::string> decode(std::string_view text) {
    std::string standard(text);
    for (char& c : standard) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (standard.size() % 4 != 0) standard += '=';
    std::string bytes;
    if (!decode_base64(standard, bytes)) return std::nullopt;
    return bytes;
}

Sha256Digest keyed_hash(std::span<const unsigned char> key, std::string_view text) {
    crypto_auth_hmacsha256_state state;
    Sha256Digest hash{};
    crypto_auth_hmacsha256_init(&state, key.data(), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
    crypto_auth_hmacsha256_final(&state, hash.data());
    return hash;
}

/// HKDF-SHA256 without a salt, of one block (RFC 5869).
Sha256Digest derive_key(const Secret& salt_key) {
    const Sha256Digest no_salt{};
    const auto extracted = keyed_hash(no_salt, salt_key.reveal());
    return keyed_hash(extracted, std::string(kDerivedFor) + '\x01');
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

/// Nonce, text, tag. libcrypto's, since libsodium has AES only where the processor has.
std::optional<std::string> open_gcm(std::string_view sealed, const Sha256Digest& key) {
    if (sealed.size() < kGcmNonce + kGcmTag) return std::nullopt;
    const auto nonce = sealed.substr(0, kGcmNonce);
    const auto body = sealed.substr(kGcmNonce, sealed.size() - kGcmNonce - kGcmTag);
    std::string tag(sealed.substr(sealed.size() - kGcmTag));
    const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
    std::string text(body.size(), '\0');
    int written = 0;
    int rest = 0;
    const bool opened = context &&
                        EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(),
                                            bytes_of(nonce), nullptr) == 1 &&
                        EVP_DecryptUpdate(context.get(), bytes_of(text), &written, bytes_of(body),
                                          static_cast<int>(body.size())) == 1 &&
                        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG,
                                            static_cast<int>(tag.size()), tag.data()) == 1 &&
                        EVP_DecryptFinal_ex(context.get(), bytes_of(text) + written, &rest) == 1;
    if (!opened) return std::nullopt;
    return text;
}

std::optional<std::string> open_box(std::string_view sealed, const Sha256Digest& key) {
    if (sealed.size() < kLeastBox) return std::nullopt;
    const auto nonce = sealed.substr(0, crypto_secretbox_NONCEBYTES);
    const auto box = sealed.substr(crypto_secretbox_NONCEBYTES);
    std::string text(box.size() - crypto_secretbox_MACBYTES, '\0');
    if (crypto_secretbox_open_easy(bytes_of(text), bytes_of(box), box.size(), bytes_of(nonce),
                                   key.data()) != 0)
        return std::nullopt;
    return text;
}

}  // namespace

std::string seal(std::string_view text, const Secret& salt_key) {
    need_sodium();
    const auto key = sha256(salt_key.reveal());
    std::string sealed(kLeastBox + text.size(), '\0');
    auto* const nonce = bytes_of(sealed);
    randombytes_buf(nonce, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, bytes_of(text), text.size(), nonce,
                          key.data());
    std::string out;
    append_base64url(out, std::as_bytes(std::span(sealed)));
    while (out.size() % 4 != 0) out += '=';  // Python's decoder asks for it
    return out;
}

std::optional<std::string> unseal(std::string_view sealed, const Secret& salt_key) {
    need_sodium();
    const bool is_derived = sealed.starts_with(kDerivedKey);
    const bool is_gcm = is_derived || sealed.starts_with(kHashedKey);
    const auto bytes = decode(is_gcm ? sealed.substr(kDerivedKey.size()) : sealed);
    if (!bytes) return std::nullopt;
    if (is_derived) return open_gcm(*bytes, derive_key(salt_key));
    const auto key = sha256(salt_key.reveal());
    return is_gcm ? open_gcm(*bytes, key) : open_box(*bytes, key);
}

bool looks_sealed(std::string_view text) {
    if (text.starts_with(kHashedKey) || text.starts_with(kDerivedKey)) return true;
    const auto bytes = decode(text);
    return bytes && bytes->size() >= kLeastBox;
}

}  // namespace tollweir
