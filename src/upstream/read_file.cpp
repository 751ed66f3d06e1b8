#include "upstream/read_file.hpp"

#include <fstream>
#include <system_error>
#include <thread>

#include "tollweir/net/wake.hpp"

namespace tollweir {

namespace {

constexpr std::streamsize kMostBytes = 64 * 1024;

std::unexpected<GatewayError> unreadable(const std::string& path) {
    return fail(ErrorKind::unavailable, "the file " + path + " cannot be read",
                ErrorSource::gateway);
}

Result<std::string> read_now(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(kMostBytes) + 1, '\0');
    if (!file) return unreadable(path);
    file.read(text.data(), kMostBytes + 1);
    if (file.bad() || file.gcount() > kMostBytes) return unreadable(path);
    text.resize(static_cast<std::size_t>(file.gcount()));
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == text.npos) return unreadable(path);
    return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace

net::Task<Result<std::string>> read_file(net::Worker& worker, std::string path) {
    Result<std::string> text;
    net::Wake done(worker.context());
    std::thread reader;
    const auto work = [&] {
        text = read_now(path);
        worker.post([&done] { done.wake(); });
    };
    try {
        reader = std::thread(work);
    } catch (const std::system_error&) {
        co_return unreadable(path);
    }
    // Waited for without a deadline: what the thread touches lives in this frame.
    co_await done.wait_until(kNever);
    reader.join();
    co_return text;
}

}  // namespace tollweir
