#include "unit/config/loading.hpp"

namespace tollweir {
namespace {

TEST(PeopleReader, TellsNoModelsFromNothingSaid) {
    const auto people = loaded(R"(
users:
  - {user_id: a}
  - {user_id: b, models: []}
  - {user_id: c, models: [m]}
)")
                            .config.people;
    ASSERT_EQ(people.users.size(), 3U);
    EXPECT_TRUE(people.users[0].models.empty());
    EXPECT_EQ(people.users[1].models, std::vector<std::string>{"*"});
    EXPECT_EQ(people.users[2].models, std::vector<std::string>{"m"});
}

TEST(PeopleReader, TakesOnlyRolesThatUsersMayHave) {
    EXPECT_EQ(loaded("users: [{user_id: a, user_role: proxy_admin}]").config.people.users[0].role,
              "proxy_admin");
    EXPECT_TRUE(errors_of("users: [{user_id: a, user_role: boss}]").contains("user_role"));
}

TEST(PeopleReader, SaysWhatHasNoEffect) {
    const auto text = warnings_of("users: [{user_id: a, aliases: {x: m}, config: {k: v}}]");
    EXPECT_TRUE(text.contains("config: has no effect")) << text;
    EXPECT_FALSE(text.contains("aliases")) << text;
    EXPECT_EQ(warnings_of("users: [{user_id: a, aliases: {x: m}, config: {}}]").find("no effect"),
              std::string::npos);
}

}  // namespace
}  // namespace tollweir
