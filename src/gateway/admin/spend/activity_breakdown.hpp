#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tollweir/storage/spend_activity.hpp"

namespace tollweir {

/// What stands for all names that a list has no room for, with their sums.
inline constexpr std::string_view kOtherNames = "(other)";
/// How many names each list of a day has room for, beside that one: those with the most spend in
/// all days that are shown, so that the lists of the days fit each other.
inline constexpr std::size_t kMostNames = 50;
/// And how many keys are listed under each of them.
inline constexpr std::size_t kMostKeysOfName = 5;

/// What days are made of, added up row by row, in bounded lists: the sums of a list's entries are
/// the day's, whatever it has no room for. Every row is seen twice, since only the whole tells
/// which names are listed: `add` all, `rank`, and where they are too many to be kept meanwhile,
/// `count` all.
class ActivityBreakdown {
public:
    enum class Part : std::uint8_t {
        models,
        model_groups,
        providers,
        endpoints,
        mcp_servers,
        entities,
        keys
    };
    static constexpr std::size_t kParts = 7;

    struct KeySums {
        std::string_view key;
        ActivitySums sums;
    };
    struct NameSums {
        std::string_view name;
        ActivitySums sums;
        std::vector<KeySums> keys;  // by their hashes; none in the list of keys itself
    };
    struct Day {
        ActivitySums sums;
        std::array<std::vector<NameSums>, kParts> parts;  // each by its names

        const std::vector<NameSums>& part(Part part) const {
            return parts[static_cast<std::size_t>(part)];
        }
    };
    using Days = std::map<std::string_view, Day, std::greater<>>;  // the latest first

    void add(const ActivityView& row);
    /// Once, after the last row. False: the rows must be given to `count`.
    bool rank();
    void count(const ActivityView& row);

    /// Its texts are this object's.
    Days days() const;
    // What is listed anywhere, for labels; each once.
    std::vector<std::string> listed_keys() const;
    std::vector<std::string> listed_owners() const;

private:
    using Text = std::uint32_t;  // its place in `texts_`; 0: empty
    struct Rank {
        PicodollarSum spend = 0;
        std::int64_t calls = 0;

        void add(const Rank& other) {
            spend += other.spend;
            calls += other.calls;
        }
        friend auto operator<=>(const Rank&, const Rank&) = default;
    };
    /// A name of one of the parts, over all days.
    struct Name {
        Rank rank;
        bool is_listed = true;
        std::unordered_map<Text, Rank> keys;  // after the ranking: those that are listed
    };
    using Names = std::unordered_map<Text, Name>;

    /// What rows of several days have in common: a name in each part, the last one the key. There
    /// are few of them beside the rows.
    using Label = std::array<Text, kParts>;
    struct HashLabel {
        std::size_t operator()(const Label& label) const;
    };
    struct Labelled {
        Label label;
        Rank rank{};
        std::array<std::uint32_t, kParts> cells{};  // of `places_of_cells_`, one more; 0: not known
    };
    struct Row {
        Text day = 0;
        std::uint32_t labelled = 0;
        ActivitySums sums;
    };
    /// Where one entry of a list is: a name, and a key under it.
    struct Place {
        Text name = 0;
        Text key = 0;

        friend auto operator<=>(const Place&, const Place&) = default;
    };
    struct Cell {
        ActivitySums sums;
        bool is_used = false;
    };
    using Cells = std::array<std::vector<Cell>, kParts>;  // of a day

    Text text_of(std::string_view text);
    Text text_of(std::string_view text, std::size_t column);
    Row row_of(const ActivityView& view);
    void rank(Names& names, bool with_keys) const;
    void count(const Row& row);
    std::uint32_t cell_of(const Label& label, std::size_t part);
    std::vector<std::uint32_t> ordered_cells(std::size_t part) const;
    std::vector<std::string> listed(Part part) const;

    std::deque<std::string> texts_{std::string()};
    std::unordered_map<std::string_view, Text> places_{{std::string_view(), 0}};
    std::array<Text, kParts + 1> last_{};  // of each column: rows that follow each other are alike
    std::vector<Labelled> labelled_;
    std::unordered_map<Label, std::uint32_t, HashLabel> places_of_labels_;
    std::array<Names, kParts> names_;
    std::deque<Row> rows_;  // those that were added, while there is room
    bool keeps_all_ = true;
    Text other_ = 0;
    std::array<std::vector<Place>, kParts> cells_;
    std::array<std::map<Place, std::uint32_t>, kParts> places_of_cells_;
    std::unordered_map<Text, Cells> days_;
};

}  // namespace tollweir
