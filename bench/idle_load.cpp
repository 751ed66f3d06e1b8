// Holds connections that had one answer each and now say nothing, until stdin closes.

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "load.hpp"
#include "request_body.hpp"
#include "response_reader.hpp"
#include "sockets.hpp"

namespace tollweir::bench {
namespace {

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
    void operator()(SSL* session) const { SSL_free(session); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;
using Session = std::unique_ptr<SSL, FreeSession>;

// A blocking connection, with TLS when there is a context. Certificates are not checked: the
// harness made its own.
class IdleConnection {
public:
    IdleConnection(std::uint16_t port, SSL_CTX* context) : fd_(connect_to_loopback(port)) {
        if (context == nullptr) return;
        session_.reset(SSL_new(context));
        if (!session_ || SSL_set_fd(session_.get(), fd_) != 1 || SSL_connect(session_.get()) != 1) {
            ERR_print_errors_fp(stderr);
            die("TLS handshake");
        }
    }

    bool ask(const std::string& request) {
        if (!write(request)) return false;
        ResponseReader reader;
        std::array<char, 4'096> buffer{};
        auto progress = ResponseReader::Progress::more;
        while (progress == ResponseReader::Progress::more) {
            const int size = read(buffer);
            if (size <= 0) return false;
            progress = reader.take({buffer.data(), static_cast<std::size_t>(size)});
        }
        return progress == ResponseReader::Progress::complete && reader.status() == 200;
    }

    // True when the server has neither closed the connection nor said anything more.
    bool is_silent() const {
        char byte = 0;
        return recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
    }

private:
    bool write(const std::string& bytes) {
        const auto size = static_cast<int>(bytes.size());
        if (session_) return SSL_write(session_.get(), bytes.data(), size) == size;
        return send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
    }

    int read(std::array<char, 4'096>& buffer) {
        if (session_)
            return SSL_read(session_.get(), buffer.data(), static_cast<int>(buffer.size()));
        return static_cast<int>(recv(fd_, buffer.data(), buffer.size(), 0));
    }

    int fd_;  // closed by the end of the program
    Session session_;
};

}  // namespace

int run_idle(const LoadOptions& options) {
    Context context;
    if (options.tls) context.reset(SSL_CTX_new(TLS_client_method()));
    const std::string request = plain_request(options);
    std::vector<IdleConnection> connections;
    for (int i = 0; i < options.connections; ++i) {
        if (!connections.emplace_back(options.port, context.get()).ask(request))
            die("an idle connection got no answer");
    }
    std::printf("{\"ready\":%d}\n", options.connections);
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    int silent = 0;
    for (const IdleConnection& connection : connections) silent += connection.is_silent() ? 1 : 0;
    std::printf("{\"still_open\":%d}\n", silent);
    return silent == options.connections ? 0 : 1;
}

}  // namespace tollweir::bench
