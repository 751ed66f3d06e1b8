#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tollweir/core/sse.hpp"

using namespace tollweir;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void note(const SseReader::Item& item, std::vector<std::string>& items) {
    require(!item.canonical || item.raw == "data: " + std::string(item.data) + "\n\n");
    const bool comment = item.kind == SseReader::Kind::comment;
    require(!comment || item.raw.find_first_of("\r\n") == std::string_view::npos);
    items.push_back(comment ? std::string(item.raw) : "data " + std::string(item.data));
}

/// Reads the stream in pieces whose sizes come from `sizes`, over and over.
std::vector<std::string> read(std::string_view stream, std::string_view sizes) {
    SseReader reader;
    std::vector<std::string> items;
    std::string region;
    for (std::size_t i = 0; !stream.empty(); ++i) {
        const std::size_t size = sizes.empty()
                                     ? stream.size()
                                     : 1 + static_cast<unsigned char>(sizes[i % sizes.size()]) % 32;
        region += stream.substr(0, size);
        stream.remove_prefix(std::min(size, stream.size()));
        SseReader::Item item = reader.next(region);
        for (; item.kind != SseReader::Kind::more; item = reader.next(region)) note(item, items);
        require(reader.consumed() <= region.size());
        region.erase(0, reader.consumed());
        region.shrink_to_fit();
        reader.drop();
    }
    const SseReader::Item last = reader.finish(region);
    if (last.kind != SseReader::Kind::more) note(last, items);
    return items;
}

}  // namespace

// The first byte says how many of the bytes behind it are sizes of reads; the rest is the stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string_view sizes = input.substr(0, std::min<std::size_t>(data[0] & 7, size - 1));
    const std::string_view stream = input.substr(sizes.size());
    require(read(stream, sizes) == read(stream, {}));
    return 0;
}
