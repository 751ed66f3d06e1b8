#include "gateway/admin/spend/spend_query.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway/admin/spend/spend_days_json.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

using Json = nlohmann::json;

Day day_of(std::string_view text) {
    return std::chrono::floor<std::chrono::days>(*parse_rfc3339(text));
}

const Day kToday = day_of("2026-11-26");

Result<SpendLogsQuery> logs(std::string_view query) {
    return read_spend_logs_query(query, {.sees_all = true}, kToday);
}

std::string logs_error(std::string_view query) {
    const auto asked = logs(query);
    return asked ? "none" : asked.error().message;
}

std::string page_error(std::string_view query) {
    const auto asked = read_spend_page_query(query, {});
    return asked ? "none"
                 : std::to_string(asked.error().http_status()) + " " + asked.error().message;
}

TEST(SpendLogsQuery, WithoutDatesAsksForRows) {
    const auto asked = *logs("user_id=lena&request_id=r");
    EXPECT_FALSE(asked.sums);
    EXPECT_EQ(asked.filter.user_id, "lena");
    EXPECT_EQ(asked.filter.request_id, "r");
    EXPECT_FALSE(asked.filter.from);
    EXPECT_FALSE(asked.filter.before);
}

TEST(SpendLogsQuery, HashesAKeyAndKeepsAHash) {
    EXPECT_EQ(logs("api_key=sk-1234")->filter.key_hash, sha256_hex("sk-1234"));
    EXPECT_EQ(logs("api_key=88dc28d0")->filter.key_hash, "88dc28d0");
}

TEST(SpendLogsQuery, DatesAskForSumsAndTheLastDayBelongsToThem) {
    const auto asked = *logs("start_date=2026-11-20&end_date=2026-11-21&api_key=k");
    EXPECT_TRUE(asked.sums);
    EXPECT_EQ(asked.days.first, "2026-11-20");
    EXPECT_EQ(asked.days.last, "2026-11-21");
    EXPECT_EQ(asked.days.key_hash, "k");
    EXPECT_EQ(asked.filter.from, *parse_rfc3339("2026-11-20"));
    EXPECT_EQ(asked.filter.before, *parse_rfc3339("2026-11-22"));
    EXPECT_TRUE(asked.last_day == day_of("2026-11-21"));
}

TEST(SpendLogsQuery, AFirstDayAloneReachesToToday) {
    const auto asked = *logs("start_date=2026-11-20");
    EXPECT_TRUE(asked.sums);
    EXPECT_TRUE(asked.last_day == kToday);
}

TEST(SpendLogsQuery, RowsOfDaysAreAskedForByName) {
    EXPECT_FALSE(logs("start_date=2026-11-20&end_date=2026-11-21&summarize=false")->sums);
    EXPECT_FALSE(logs("start_date=2026-11-20&end_date=2026-11-21&summarize=False")->sums);
    EXPECT_FALSE(logs("start_date=2026-11-20&request_id=r")->sums) << "sums know no request";
}

TEST(SpendLogsQuery, NamesWhatIsWrong) {
    EXPECT_TRUE(logs_error("start_date=20.11.2026").contains("start_date"));
    EXPECT_TRUE(logs_error("end_date=2026-02-30").contains("end_date"));
    EXPECT_TRUE(logs_error("start_date=2026-11-20T00:00:00").contains("start_date"));
    EXPECT_TRUE(logs_error("start_date=2026-11-21&end_date=2026-11-20").contains("before"));
    EXPECT_TRUE(logs_error("start_date=1900-01-01&end_date=2026-11-20").contains("ten years"));
    EXPECT_TRUE(logs_error("start_date=2026-11-20&summarize=maybe").contains("summarize"));
    EXPECT_TRUE(logs_error("user_id=a%00b").contains("user_id"));
}

TEST(SpendPageQuery, ReadsEveryFilter) {
    const auto asked = *read_spend_page_query(
        "start_date=2026-11-20+00%3A00%3A00&end_date=2026-11-20%2007:29:59&api_key=k&user_id=u&"
        "request_id=r&team_id=t&min_spend=0.1&max_spend=1e-1&status_filter=failure&model=m&"
        "key_alias=a&end_user=e&page=3&page_size=100",
        {.user_id = "viewer"});
    const auto& filter = asked.filter;
    EXPECT_EQ(filter.viewer.user_id, "viewer");
    EXPECT_EQ(filter.from, *parse_rfc3339("2026-11-20"));
    EXPECT_EQ(filter.before, *parse_rfc3339("2026-11-20T07:30:00Z"));
    EXPECT_EQ(filter.key_hash + filter.user_id + filter.request_id + filter.team_id, "kurt");
    EXPECT_EQ(filter.model + filter.key_alias + filter.end_user, "mae");
    EXPECT_EQ(filter.status, "failure");
    EXPECT_EQ(filter.least, kPicodollarsPerDollar / 10);
    EXPECT_EQ(filter.most, kPicodollarsPerDollar / 10);
    EXPECT_EQ(asked.page, 3U);
    EXPECT_EQ(asked.page_size, 100U);
}

TEST(SpendPageQuery, ADateAloneIsTheWholeDay) {
    const auto asked = *read_spend_page_query("start_date=2026-11-20&end_date=2026-11-20", {});
    EXPECT_EQ(asked.filter.before, *parse_rfc3339("2026-11-21"));
}

TEST(SpendPageQuery, NamesWhatIsWrong) {
    const std::string dates = "start_date=2026-11-20&end_date=2026-11-20&";
    EXPECT_EQ(page_error("end_date=2026-11-20"), "400 Start date and end date are required");
    EXPECT_EQ(page_error("start_date=2026-11-20"), "400 Start date and end date are required");
    EXPECT_TRUE(page_error("start_date=soon&end_date=2026-11-20").starts_with("400 Invalid start"));
    EXPECT_TRUE(page_error(dates + "page_size=101").starts_with("422 page_size"));
    EXPECT_TRUE(page_error(dates + "page=0").starts_with("422 page"));
    EXPECT_TRUE(page_error(dates + "min_spend=much").starts_with("400 Invalid min_spend"));
    EXPECT_TRUE(page_error(dates + "status_filter=ok").starts_with("400 Invalid status_filter"));
    EXPECT_EQ(page_error(dates), "none");
}

TEST(SpendDays, AreTheLastThirtyUnlessNamed) {
    EXPECT_EQ(read_spend_days("", {}, kToday)->first, "2026-10-27");
    EXPECT_EQ(read_spend_days("", {}, kToday)->last, "2026-11-26");
    EXPECT_EQ(read_spend_days("start_date=2026-11-20", {}, kToday)->first, "2026-11-20");
    EXPECT_FALSE(read_spend_days("start_date=2026-12-20", {}, kToday));
}

TEST(SpendViewer, AdministratorsSeeAllAndOthersTheirOwn) {
    EXPECT_TRUE(viewer_of({.kind = Identity::Kind::master, .key = {}}, false).sees_all);
    auto key = std::make_shared<KeyRecord>();
    key->user_id = "lena";
    key->hash = "k1";
    const Identity caller{.kind = Identity::Kind::key, .key = key};
    EXPECT_FALSE(viewer_of(caller, true).sees_all);
    EXPECT_EQ(viewer_of(caller, false).user_id, "lena");
    EXPECT_EQ(viewer_of(caller, false).key_hash, "k1");
    key->may_read_global_spend = true;
    EXPECT_TRUE(viewer_of(caller, true).sees_all);
    EXPECT_FALSE(viewer_of(caller, false).sees_all);
    auto user = std::make_shared<UserRecord>();
    user->role = UserRole::proxy_admin_viewer;
    key->user = user;
    EXPECT_TRUE(viewer_of(caller, false).sees_all);
}

TEST(SpendDaysJson, FillsInTheDaysAfterTheLastSpend) {
    const PicodollarSum cent = kPicodollarsPerDollar / 100;
    SpendDaysJson days;
    days.add(KeyDaySpend{"2026-11-20", "k1", "lena", 41 * cent});
    days.add(KeyDaySpend{"2026-11-20", "k2", "lena", cent});
    days.add(ModelDaySpend{"2026-11-20", "gpt-4o", 41 * cent});
    days.add(ModelDaySpend{"2026-11-20", "o3", cent});
    EXPECT_EQ(Json::parse(days.json("2026-11-19", day_of("2026-11-22"))), Json::parse(R"([
        {"startTime":"2026-11-20","spend":0.42,"k1":0.41,"k2":0.01,"users":{"lena":0.42},
         "models":{"gpt-4o":0.41,"o3":0.01}},
        {"startTime":"2026-11-21","spend":0.0,"users":{},"models":{}},
        {"startTime":"2026-11-22","spend":0.0,"users":{},"models":{}}])"));
}

TEST(SpendDaysJson, AddsUpPartsInWhateverOrderTheyCome) {
    SpendDaysJson days;
    days.add(ModelDaySpend{"2026-11-21", "say \"o3\"", 7});
    days.add(KeyDaySpend{"2026-11-21", "k1", "lena", 1});
    days.add(KeyDaySpend{"2026-11-20", "k2", "omar", 2});
    days.add(KeyDaySpend{"2026-11-21", "k2", "lena", 2});
    days.add(KeyDaySpend{"2026-11-21", "k1", "", 4});  // the key had another owner
    EXPECT_EQ(days.json("2026-11-20", day_of("2026-11-21")),
              R"([{"startTime":"2026-11-20","spend":0.000000000002,"k2":0.000000000002,)"
              R"("users":{"omar":0.000000000002},"models":{}},)"
              R"({"startTime":"2026-11-21","spend":0.000000000007,"k1":0.000000000005,)"
              R"("k2":0.000000000002,"users":{"lena":0.000000000003,"":0.000000000004},)"
              R"("models":{"say \"o3\"":0.000000000007}}])");
}

TEST(SpendDaysJson, WithoutSpendAllDaysAskedForAreEmpty) {
    EXPECT_EQ(Json::parse(SpendDaysJson().json("2026-11-21", day_of("2026-11-22"))).size(), 2U);
    EXPECT_EQ(SpendDaysJson().json("", day_of("2026-11-22")), "[]");
}

}  // namespace
}  // namespace tollweir
