#include "tollweir/app/people_writer.hpp"

#include <atomic>
#include <string>
#include <utility>

#include "tollweir/core/log.hpp"
#include "tollweir/storage/declared_people.hpp"

namespace tollweir {

struct PeopleWriter::Work {
    enum class Stage : std::uint8_t { due, running, done };

    People people;
    TimeZone zone;
    std::atomic<Stage> stage{Stage::due};
};

namespace {

Result<DeclaredRows> write(Sql& sql, const People& people, const TimeZone& zone) {
    DeclaredRows changed;
    const auto done = sql.transaction([&](Sql& inside) -> Result<void> {
        auto declared = declare_people(inside, people, zone, WallClock::now());
        if (!declared) return std::unexpected(std::move(declared.error()));
        changed = *declared;
        return {};
    });
    if (!done) return std::unexpected(done.error());
    return changed;
}

/// Whether to try again: the store went away.
bool tell(const Result<DeclaredRows>& changed) {
    if (!changed) {
        log_error("the users and teams of the configuration were not written: " +
                  changed.error().message);
        return changed.error().kind == ErrorKind::unavailable;
    }
    if (changed->users + changed->teams > 0)
        log_info("the configuration's users and teams: wrote " + std::to_string(changed->users) +
                 " users, " + std::to_string(changed->teams) + " teams");
    return false;
}

}  // namespace

void PeopleWriter::configure(const Config& config) {
    if (work_ && work_->people == config.people) return;
    if (!work_ && config.people == People()) return;
    work_ = std::make_shared<Work>();
    work_->people = config.people;
    work_->zone = TimeZone::find(config.budgets.timezone).value_or(TimeZone());
}

void PeopleWriter::tick() {
    if (!work_ || work_->stage != Work::Stage::due || !pool_.is_reachable()) return;
    work_->stage = Work::Stage::running;
    pool_.post(StoreLane::admin, [work = work_](Result<Sql*> sql) {
        Result<DeclaredRows> changed =
            sql ? write(**sql, work->people, work->zone)
                : Result<DeclaredRows>(std::unexpected(std::move(sql.error())));
        work->stage = tell(changed) ? Work::Stage::due : Work::Stage::done;
    });
}

}  // namespace tollweir
