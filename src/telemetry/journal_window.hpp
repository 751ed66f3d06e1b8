#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "tollweir/core/error.hpp"

namespace tollweir {

/// The end of the file that a worker writes, in memory that outlives the process: what stands here
/// is as safe from the process's death as what a call handed to the kernel, and costs no call. It
/// is a mapped file of the journal's folder; the journal's thread writes it on to the worker's file
/// (JournalWriter), and whoever adopts the folder does so for a process that died.
///
/// The byte at an offset of the file stands here at that offset modulo the size. Frames are sealed
/// with their place, so whoever looks for those behind a file's end knows them from older ones.
/// One writes and one reads at a time; they agree on what elsewhere.
class JournalWindow {
public:
    /// What a worker can write while the thread syncs: 3,000 calls.
    static constexpr std::size_t kSize = 1 << 20;

    /// Null: the folder has no room for one, or lies on a file system of which we do not know that
    /// a mapped file with its room set aside can always be written to (a fault would end the
    /// process): then the worker writes to its files itself.
    static std::unique_ptr<JournalWindow> create(const std::filesystem::path& folder,
                                                 std::size_t worker);
    /// One that a dead process has left; null: none. One that is cut, as its maker died over it,
    /// has nothing in it and is taken away. Error: it cannot be read.
    static Result<std::unique_ptr<JournalWindow>> open(const std::filesystem::path& folder,
                                                       std::size_t worker);
    ~JournalWindow();
    JournalWindow(const JournalWindow&) = delete;
    JournalWindow& operator=(const JournalWindow&) = delete;

    /// At most kSize bytes, which will stand at `offset` of the file.
    void put(std::uint64_t offset, std::string_view bytes);

    /// From `offset` of the file on, up to `size` bytes: fewer where the window comes round.
    std::string_view at(std::uint64_t offset, std::size_t size) const;

    /// Takes the file off the disk.
    void remove() const;

private:
    JournalWindow(std::filesystem::path path, char* memory)
        : path_(std::move(path)), memory_(memory) {}

    const std::filesystem::path path_;
    char* const memory_;
};

}  // namespace tollweir
