#include "tollweir/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tollweir/core/log.hpp"

namespace tollweir::net {

namespace {

std::string last_error() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? reason : "unknown reason";
}

void set_common(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

int choose_http1(SSL*, const unsigned char** out, unsigned char* out_length,
                 const unsigned char* in, unsigned int in_length, void*) {
    static const unsigned char ours[] = "\x08http/1.1";
    if (SSL_select_next_proto(const_cast<unsigned char**>(out), out_length, ours, sizeof ours - 1,
                              in, in_length) == OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_OK;
    return SSL_TLSEXT_ERR_NOACK;
}

int on_new_session(SSL* connection, SSL_SESSION* session) {
    auto* keeper = static_cast<TlsSessionKeeper*>(SSL_get_app_data(connection));
    if (keeper == nullptr) return 0;
    keeper->keep(session);
    return 1;
}

}  // namespace

void TlsContextDeleter::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

Result<TlsContext> make_server_tls(const std::string& certificate_file, const std::string& key_file,
                                   const std::string& ciphers) {
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    if (!context) return fail(ErrorKind::internal, "OpenSSL: " + last_error());
    set_common(context.get());
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1)
        return fail(ErrorKind::bad_request,
                    "cannot use TLS certificate " + certificate_file + ": " + last_error());
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return fail(ErrorKind::bad_request, "cannot use TLS key " + key_file + ": " + last_error());
    if (SSL_CTX_check_private_key(context.get()) != 1)
        return fail(ErrorKind::bad_request,
                    "TLS key " + key_file + " does not belong to certificate " + certificate_file);
    if (!ciphers.empty() && SSL_CTX_set_cipher_list(context.get(), ciphers.c_str()) != 1)
        return fail(ErrorKind::bad_request, "TLS ciphers not understood: " + ciphers);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_http1, nullptr);
    return context;
}

ssl_ctx_st* UpstreamTls::context() {
    std::call_once(once_, [this] {
        TlsContext context(SSL_CTX_new(TLS_client_method()));
        if (!context) return;
        set_common(context.get());
        if (verify_) {
            // SSL_CTX_set_default_verify_paths reads SSL_CERT_FILE and SSL_CERT_DIR itself.
            const auto loaded = ca_file_.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                                 : SSL_CTX_load_verify_locations(
                                                       context.get(), ca_file_.c_str(), nullptr);
            if (loaded != 1) {
                log_error("upstream TLS: cannot read certificate authorities" +
                          (ca_file_.empty() ? std::string() : " from " + ca_file_) + ": " +
                          last_error());
                return;
            }
        }
        static const unsigned char alpn[] = "\x08http/1.1";
        SSL_CTX_set_alpn_protos(context.get(), alpn, sizeof alpn - 1);
        SSL_CTX_set_session_cache_mode(context.get(),
                                       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(context.get(), on_new_session);
        context_ = std::move(context);
    });
    return context_.get();
}

TlsSessionKeeper::~TlsSessionKeeper() {
    SSL_SESSION_free(session_);
}

void TlsSessionKeeper::keep(ssl_session_st* session) {
    SSL_SESSION_free(session_);
    session_ = session;
}

void TlsSessionKeeper::offer(ssl_st* connection) {
    if (session_ != nullptr) SSL_set_session(connection, session_);
}

}  // namespace tollweir::net
