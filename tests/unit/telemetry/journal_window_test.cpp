#include "telemetry/journal_window.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "unit/telemetry/temp_folder.hpp"

namespace tollweir {
namespace {

std::string read(const JournalWindow& window, std::uint64_t offset, std::size_t size) {
    std::string bytes(window.at(offset, size));
    return bytes.append(window.at(offset + bytes.size(), size - bytes.size()));
}

TEST(JournalWindow, KeepsWhatWasPutBehindItsMaker) {
    const TempFolder folder;
    {
        const auto window = JournalWindow::create(folder.path(), 3);
        if (!window) GTEST_SKIP() << folder.path() << " lies where windows are not used";
        window->put(8, "hello");
        EXPECT_EQ(JournalWindow::create(folder.path(), 3), nullptr) << "there is one";
    }
    EXPECT_EQ(JournalWindow::open(folder.path(), 2), nullptr);
    const auto left = JournalWindow::open(folder.path(), 3);
    ASSERT_NE(left, nullptr);
    EXPECT_EQ(left->at(8, 5), "hello");
    left->remove();
    EXPECT_EQ(JournalWindow::open(folder.path(), 3), nullptr);
}

TEST(JournalWindow, ComesRoundAtItsEnd) {
    const TempFolder folder;
    const auto window = JournalWindow::create(folder.path(), 0);
    if (!window) GTEST_SKIP() << folder.path() << " lies where windows are not used";
    const std::uint64_t offset = 7 * JournalWindow::kSize - 3;
    window->put(offset, "hello");
    EXPECT_EQ(window->at(offset, 5), "hel") << "one piece at a time";
    EXPECT_EQ(read(*window, offset, 5), "hello");
    const std::string all(JournalWindow::kSize, 'x');
    window->put(offset, all);
    EXPECT_EQ(read(*window, offset, all.size()), all);
}

TEST(JournalWindow, IsNotOpenedWhenItIsCut) {
    const TempFolder folder;
    std::ofstream(folder.path() / "window-0") << "short";
    EXPECT_EQ(JournalWindow::open(folder.path(), 0), nullptr);
}

TEST(JournalWindow, IsNotMadeWhereItsRoomIsNotSure) {
    EXPECT_EQ(JournalWindow::create("/proc", 0), nullptr);
    EXPECT_EQ(JournalWindow::create("/nowhere", 0), nullptr);
}

}  // namespace
}  // namespace tollweir
