#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "tollweir/core/error.hpp"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace tollweir::net {

struct TlsContextDeleter {
    void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, TlsContextDeleter>;

/// For the listener. Errors name the file that could not be used.
Result<TlsContext> make_server_tls(const std::string& certificate_file, const std::string& key_file,
                                   const std::string& ciphers);

/// The TLS side of all upstream connections of the process. Reading the system's certificate
/// authorities takes 20 ms, so it happens on first use or in `warm_up`. Any thread.
class UpstreamTls {
public:
    /// `ca_file`: instead of the system's authorities; empty: SSL_CERT_FILE or the system's.
    UpstreamTls(bool verify, std::string ca_file) : verify_(verify), ca_file_(std::move(ca_file)) {}

    bool verify() const { return verify_; }
    /// Null if the authorities cannot be read; the log said why.
    ssl_ctx_st* context();
    void warm_up() { context(); }

private:
    const bool verify_;
    const std::string ca_file_;
    std::once_flag once_;
    TlsContext context_;
};

/// Sessions of one origin to resume: 323 us instead of 595 for a new TLS 1.3 connection. One
/// worker.
class TlsSessionKeeper {
public:
    TlsSessionKeeper() = default;
    TlsSessionKeeper(const TlsSessionKeeper&) = delete;
    TlsSessionKeeper& operator=(const TlsSessionKeeper&) = delete;
    ~TlsSessionKeeper();

    /// Takes ownership; called by OpenSSL when the server sends a ticket.
    void keep(ssl_session_st* session);
    /// Offers the kept session on a connection about to shake hands.
    void offer(ssl_st* connection);

private:
    ssl_session_st* session_ = nullptr;
};

}  // namespace tollweir::net
