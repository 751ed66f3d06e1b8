#include "tollweir/core/sse.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <vector>

namespace tollweir {
namespace {

/// What a stream is made of, each item as a line of text.
using Items = std::vector<std::string>;

/// Hands a stream over in reads that end at `cuts`, dropping what is done with as a connection
/// does.
class Feeder {
public:
    void read(std::string_view bytes) {
        region_ += bytes;
        for (;;) {
            const SseReader::Item item = reader_.next(region_);
            if (item.kind == SseReader::Kind::more) break;
            note(item);
        }
        ASSERT_LE(reader_.consumed(), region_.size());
        region_.erase(0, reader_.consumed());
        reader_.drop();
    }
    void finish() {
        const SseReader::Item item = reader_.finish(region_);
        if (item.kind != SseReader::Kind::more) note(item);
    }
    std::size_t held() const { return region_.size(); }

    Items items;

private:
    void note(const SseReader::Item& item) {
        if (item.canonical) EXPECT_EQ(item.raw, "data: " + std::string(item.data) + "\n\n");
        items.push_back(item.kind == SseReader::Kind::comment ? std::string(item.raw)
                                                              : "<" + std::string(item.data) + ">");
    }

    SseReader reader_;
    std::string region_;
};

Items read_whole(std::string_view stream) {
    Feeder feeder;
    feeder.read(stream);
    feeder.finish();
    return feeder.items;
}

Items read_in_pieces(std::string_view stream, std::size_t first, std::size_t second) {
    Feeder feeder;
    for (bool odd = true; !stream.empty(); odd = !odd) {
        const std::size_t size = std::min(odd ? first : second, stream.size());
        feeder.read(stream.substr(0, size));
        stream.remove_prefix(size);
    }
    feeder.finish();
    return feeder.items;
}

TEST(SseReader, FindsEventsWhateverEndsTheirLines) {
    const Items expected{"<a>", "<b>"};
    EXPECT_EQ(read_whole("data: a\n\ndata: b\n\n"), expected);
    EXPECT_EQ(read_whole("data: a\r\n\r\ndata: b\r\n\r\n"), expected);
    EXPECT_EQ(read_whole("data: a\r\rdata: b\r\r"), expected);
    EXPECT_EQ(read_whole("data: a\n\rdata: b\r\n\n"), expected);
}

TEST(SseReader, ReadsFieldsAsTheStandardSays) {
    EXPECT_EQ(read_whole("data:a\n\n"), Items{"<a>"});
    EXPECT_EQ(read_whole("data:  a \n\n"), Items{"< a >"});
    EXPECT_EQ(read_whole("data\n\n"), Items{"<>"});
    EXPECT_EQ(read_whole("data:\n\n"), Items{"<>"});
    EXPECT_EQ(read_whole("data: a\ndata\ndata:b\n\n"), Items{"<a\n\nb>"});
    EXPECT_EQ(read_whole("event: x\nid: 1\nretry: 2\nother: y\ndata: a\n\n"), Items{"<a>"});
    EXPECT_EQ(read_whole("dataset: no\n data: no\nDATA: no\n\ndata: a\n\n"), Items{"<a>"});
}

TEST(SseReader, SkipsEventsWithoutData) {
    EXPECT_EQ(read_whole("event: ping\n\n\n\nid: 1\n\ndata: a\n\n"), Items{"<a>"});
}

TEST(SseReader, IgnoresAByteOrderMarkOnlyAtTheStart) {
    EXPECT_EQ(read_whole("\xEF\xBB\xBF"
                         "data: a\n\n"),
              Items{"<a>"});
    EXPECT_EQ(read_whole("data: a\n\n\xEF\xBB\xBF"
                         "data: b\n\n"),
              Items{"<a>"});
    EXPECT_EQ(read_whole("\xEF\xBB\xBF"
                         "data: a"),
              Items{"<a>"});
    EXPECT_EQ(read_whole("\xEF\xBB\xBF: c\n\n"), Items{": c"});
}

TEST(SseReader, GivesCommentsBeforeTheEventTheyStandIn) {
    const Items expected{": one", ":two", ":", "<a\nb>"};
    EXPECT_EQ(read_whole(": one\n\ndata: a\n:two\n:\ndata: b\n\n"), expected);
}

TEST(SseReader, IsDoneWithACommentBetweenEvents) {
    SseReader reader;
    const std::string region = ": hi\ndata: a";
    EXPECT_EQ(reader.next(region).kind, SseReader::Kind::comment);
    EXPECT_EQ(reader.consumed(), 5U);
    EXPECT_EQ(reader.next(region).kind, SseReader::Kind::more);
    EXPECT_EQ(reader.consumed(), 5U);
}

TEST(SseReader, KeepsACommentInsideAnEventUntilTheEventIsWhole) {
    SseReader reader;
    std::string region = "data: a\n: hi\n";
    EXPECT_EQ(reader.next(region).kind, SseReader::Kind::comment);
    EXPECT_EQ(reader.consumed(), 0U);
    region += "\n";
    const auto item = reader.next(region);
    EXPECT_EQ(item.data, "a");
    EXPECT_EQ(item.raw, region);
    EXPECT_FALSE(item.canonical);
    EXPECT_EQ(reader.consumed(), region.size());
}

TEST(SseReader, CallsOnlyOurOwnFormCanonical) {
    const auto canonical = [](std::string_view stream) {
        SseReader reader;
        const SseReader::Item item = reader.next(stream);
        EXPECT_EQ(item.kind, SseReader::Kind::event) << stream;
        return item.canonical;
    };
    EXPECT_TRUE(canonical("data: a\n\n"));
    EXPECT_TRUE(canonical("data: \n\n"));
    for (const std::string_view other :
         {"data:a\n\n", "data: a\r\n\r\n", "data: a\r\r", "data: a\n\r", "data: a\ndata: b\n\n",
          "x\ndata\n\n", "id: 1\ndata: a\n\n", "data: a\nid: 1\n\n",
          "\xEF\xBB\xBF"
          "data: a\n\n"}) {
        EXPECT_FALSE(canonical(other)) << other;
    }
}

TEST(SseReader, DoesNotWaitForTheOtherHalfOfACrLf) {
    SseReader reader;
    std::string region = "data: a\r\r";
    EXPECT_EQ(reader.next(region).data, "a");
    EXPECT_EQ(reader.consumed(), region.size());
    reader.drop();
    region = "\ndata: b\r";
    EXPECT_EQ(reader.next(region).kind, SseReader::Kind::more);
    EXPECT_EQ(reader.consumed(), 1U);
}

TEST(SseReader, GivesTheLastEventWithoutItsBlankLine) {
    EXPECT_EQ(read_whole("data: a\n\ndata: b"), (Items{"<a>", "<b>"}));
    EXPECT_EQ(read_whole("data: a\n"), Items{"<a>"});
    EXPECT_EQ(read_whole("data: a\ndata: b"), Items{"<a\nb>"});
    EXPECT_EQ(read_whole("data: a\n: cut com"), Items{"<a>"});
    EXPECT_EQ(read_whole("id: 1"), Items{});
    EXPECT_EQ(read_whole(": comment"), Items{});
    EXPECT_EQ(read_whole(""), Items{});
}

TEST(SseReader, GivesTheSameHoweverTheBytesAreCut) {
    const std::string stream =
        "\xEF\xBB\xBF: hi\r\n\r\ndata: {\"a\":1}\r\n\r\nevent: m\ndata:\xE6\x97\xA5\n:in\ndata: "
        "b\n\n\n\n"
        "\r\n\r\r\ndata: c\r\rdata: d\r\n\n: end\rdata: e";
    const Items whole = read_whole(stream);
    ASSERT_EQ(whole.size(), 8U);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Feeder feeder;
        feeder.read(stream.substr(0, cut));
        feeder.read(stream.substr(cut));
        feeder.finish();
        EXPECT_EQ(feeder.items, whole) << "cut at " << cut;
    }
    for (std::size_t first = 1; first <= 12; ++first) {
        for (std::size_t second = 1; second <= 12; ++second) {
            EXPECT_EQ(read_in_pieces(stream, first, second), whole) << first << ", " << second;
        }
    }
}

TEST(SseReader, GivesTheSameForRandomStreamsHoweverTheyAreCut) {
    constexpr std::string_view kWords[] = {"\n",    "\n", "\r",     "\r\n",  ":", "data",
                                           "data:", " ",  "data: ", "id: 1", "x", "\n\n"};
    std::mt19937 random(5);
    for (int round = 0; round < 5000; ++round) {
        std::string stream;
        for (unsigned words = random() % 24; words > 0; --words) {
            stream += kWords[random() % std::size(kWords)];
        }
        const Items whole = read_whole(stream);
        for (std::size_t size = 1; size <= 3; ++size) {
            EXPECT_EQ(read_in_pieces(stream, size, 1 + random() % 5), whole) << stream;
        }
    }
}

// Each would take minutes if bytes were looked at again: per read, or per line.
TEST(SseReader, TakesTimeInProportionToTheBytes) {
    const auto begin = std::chrono::steady_clock::now();
    SseReader one_event;
    std::string region = "data: ";
    for (int read = 0; read < 400'000; ++read) {
        region += "x234567890123456";
        ASSERT_EQ(one_event.next(region).kind, SseReader::Kind::more);
    }
    SseReader short_lines;
    const std::string returns(std::size_t{4} << 20, '\r');
    ASSERT_EQ(short_lines.next(returns).kind, SseReader::Kind::more);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(SseReader, LeavesNothingBehindAfterWholeEvents) {
    Feeder feeder;
    feeder.read(": c\n\nevent: x\ndata: a\n\nid: 1\n\n");
    EXPECT_EQ(feeder.held(), 0U);
    feeder.read("data: b\r\n\r");
    EXPECT_EQ(feeder.held(), 0U);
    feeder.read("\n");
    EXPECT_EQ(feeder.held(), 0U);
}

}  // namespace
}  // namespace tollweir
