#include "telemetry/journal_window.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "unit/telemetry/temp_folder.hpp"

namespace tollweir {
namespace {

// A tmpfs everywhere: the folder for temporary files may lie where windows are not used.
constexpr auto kParent = "/dev/shm";

std::unique_ptr<JournalWindow> open(const TempFolder& folder, std::size_t worker) {
    auto window = JournalWindow::open(folder.path(), worker);
    EXPECT_TRUE(window) << window.error().message;
    return window ? std::move(*window) : nullptr;
}

std::string read(const JournalWindow& window, std::uint64_t offset, std::size_t size) {
    std::string bytes(window.at(offset, size));
    return bytes.append(window.at(offset + bytes.size(), size - bytes.size()));
}

TEST(JournalWindow, KeepsWhatWasPutBehindItsMaker) {
    const TempFolder folder(kParent);
    {
        const auto window = JournalWindow::create(folder.path(), 3);
        ASSERT_NE(window, nullptr);
        window->put(8, "hello");
        EXPECT_EQ(JournalWindow::create(folder.path(), 3), nullptr) << "there is one";
    }
    EXPECT_EQ(open(folder, 2), nullptr);
    const auto left = open(folder, 3);
    ASSERT_NE(left, nullptr);
    EXPECT_EQ(left->at(8, 5), "hello");
    left->remove();
    EXPECT_EQ(open(folder, 3), nullptr);
}

TEST(JournalWindow, ComesRoundAtItsEnd) {
    const TempFolder folder(kParent);
    const auto window = JournalWindow::create(folder.path(), 0);
    ASSERT_NE(window, nullptr);
    const std::uint64_t offset = 7 * JournalWindow::kSize - 3;
    window->put(offset, "hello");
    EXPECT_EQ(window->at(offset, 5), "hel") << "one piece at a time";
    EXPECT_EQ(read(*window, offset, 5), "hello");
    const std::string all(JournalWindow::kSize, 'x');
    window->put(offset, all);
    EXPECT_EQ(read(*window, offset, all.size()), all);
}

TEST(JournalWindow, IsTakenAwayWhereItsMakerDiedOverIt) {
    const TempFolder folder(kParent);
    std::ofstream(folder.path() / "window-0") << "short";
    EXPECT_EQ(open(folder, 0), nullptr);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "window-0"));
}

TEST(JournalWindow, SaysThatItCannotBeRead) {
    const TempFolder folder(kParent);
    std::filesystem::create_directory(folder.path() / "window-0");
    const auto window = JournalWindow::open(folder.path(), 0);
    ASSERT_FALSE(window);
    EXPECT_TRUE(window.error().message.contains("window-0")) << window.error().message;
}

TEST(JournalWindow, IsNotMadeWhereItsRoomIsNotSure) {
    EXPECT_EQ(JournalWindow::create("/proc", 0), nullptr);
    EXPECT_EQ(JournalWindow::create("/nowhere", 0), nullptr);
}

}  // namespace
}  // namespace tollweir
