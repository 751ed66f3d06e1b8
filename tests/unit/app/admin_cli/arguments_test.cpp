#include "app/admin_cli/arguments.hpp"

#include <gtest/gtest.h>

#include <map>

#include "app/admin_cli/command_help.hpp"
#include "app/admin_cli/gateway_call.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir::admin_cli {
namespace {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

std::expected<Request, Usage> parse(const Words& words, const Variables& variables = {}) {
    return parse_arguments(words, [&](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
}

Request parsed(const Words& words, const Variables& variables = {}) {
    auto request = parse(words, variables);
    if (request) return std::move(*request);
    ADD_FAILURE() << request.error().message;
    return {};
}

std::string fault(const Words& words) {
    const auto request = parse(words);
    return request ? "" : request.error().message;
}

GatewayCall planned(const Words& words) {
    return plan_call(parsed(words), parse_rfc3339("2026-11-27T10:00:00Z").value());
}

TEST(AdminArguments, FindTheGatewayAsLiteLlmsClientDoes) {
    const auto plain = parsed({"keys", "list"});
    EXPECT_EQ(plain.gateway.base.text, "http://localhost:4000");
    EXPECT_TRUE(plain.gateway.key.empty());
    const Variables variables{{"LITELLM_PROXY_URL", "https://llm.example.org/gw/"},
                              {"LITELLM_PROXY_API_KEY", "sk-client\n"},
                              {"LITELLM_MASTER_KEY", "sk-master"}};
    const auto from_variables = parsed({"keys", "list"}, variables);
    EXPECT_EQ(from_variables.gateway.base.text, "https://llm.example.org/gw");
    EXPECT_EQ(from_variables.gateway.key.reveal(), "sk-client");
    const auto given =
        parsed({"keys", "list", "--url", "localhost:5000", "--key=sk-given"}, variables);
    EXPECT_EQ(given.gateway.base.origin.port, 5000);
    EXPECT_EQ(given.gateway.key.reveal(), "sk-given");
    EXPECT_EQ(parsed({"keys", "list"}, {{"LITELLM_MASTER_KEY", "sk-master"}}).gateway.key.reveal(),
              "sk-master");
}

TEST(AdminArguments, TakeLiteLlmsSpellings) {
    EXPECT_EQ(parsed({"keys", "generate", "--key-alias", "ci"}).command->name, "create");
    EXPECT_EQ(parsed({"users", "get", "lena", "--base-url", "http://a", "--api-key", "k"})
                  .gateway.base.text,
              "http://a");
    EXPECT_EQ(parsed({"teams", "add_member", "search", "lena", "--max_budget_in_team", "5"})
                  .command->name,
              "add-member");
}

TEST(AdminArguments, NameWhatIsWrong) {
    EXPECT_EQ(fault({"keys"}), "a command is missing");
    EXPECT_EQ(fault({"keys", "lst"}), "tollweir keys has no command \"lst\"; did you mean list?");
    EXPECT_EQ(fault({"keys", "info"}), "KEY is missing");
    EXPECT_EQ(fault({"keys", "delete"}), "KEY is missing");
    EXPECT_EQ(fault({"teams", "add-member", "search"}), "USER is missing");
    EXPECT_EQ(fault({"keys", "list", "sk-1"}), "unexpected argument \"sk-1\"");
    EXPECT_EQ(fault({"keys", "create", "--max-budgt", "5"}),
              "unknown option --max-budgt; did you mean --max-budget?");
    EXPECT_EQ(fault({"keys", "create", "-x"}), "unknown option -x");
    EXPECT_EQ(fault({"keys", "create", "--alias"}), "--alias needs a value: NAME");
    EXPECT_EQ(fault({"keys", "create", "--json=yes"}), "--json takes no value");
    EXPECT_EQ(fault({"keys", "create", "--budget", "much"}),
              "--max-budget: dollars such as 12.50 are expected");
    EXPECT_EQ(fault({"keys", "create", "--rpm", "-1"}), "--rpm-limit: a whole number is expected");
    EXPECT_EQ(fault({"keys", "create", "--metadata", "{"}), "--metadata: JSON is expected");
    EXPECT_EQ(fault({"keys", "create", "--set", "blocked"}), "--set: FIELD=VALUE is expected");
    EXPECT_EQ(fault({"spend", "--by", "planet"}),
              "--by: key, user, team, tag or model is expected");
    EXPECT_EQ(fault({"spend", "--from", "yesterday"}),
              "--from: a date such as 2026-11-20 is expected");
    EXPECT_EQ(fault({"keys", "list", "--url", "ftp://a"}),
              "the gateway's address: it must begin with http:// or https://");
    EXPECT_EQ(fault({"keys", "list", "--key", "sk a"}),
              "the key that asks holds a blank or a control character");
}

TEST(AdminArguments, ShowHelpWhereItIsAsked) {
    for (const Words& words : {Words{"keys", "--help"}, Words{"keys", "create", "-h"},
                               Words{"spend", "logs", "--help"}}) {
        const auto request = parse(words);
        ASSERT_FALSE(request);
        EXPECT_EQ(request.error().message, "");
        EXPECT_NE(request.error().help.find("--url, --base-url URL"), std::string::npos);
    }
    for (const auto& command : commands()) {
        EXPECT_NE(group_help(command.group).find(command.name), std::string::npos);
        for (const auto name : option_names(command))
            EXPECT_NE(command_help(command).find("--" + std::string(name)), std::string::npos);
    }
}

TEST(AdminArguments, SpendAloneIsItsSummary) {
    EXPECT_EQ(parsed({"spend"}).command->name, "summary");
    EXPECT_EQ(parsed({"spend", "--by", "team"}).command->name, "summary");
}

TEST(AdminCall, PutsOptionsIntoTheBodyUnderTheApisNames) {
    const auto call =
        planned({"keys", "create", "--alias", "ci \"1\"", "--models", "a,b", "--budget", "5.50",
                 "--rpm", "010", "--user", "null", "--set", "blocked=true", "--set", "note=x=y"});
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(call.target, "/key/generate");
    EXPECT_EQ(call.body,
              R"({"key_alias":"ci \"1\"","models":["a","b"],"max_budget":5.50,"rpm_limit":10,)"
              R"("user_id":null,"blocked":true,"note":"x=y"})");
}

TEST(AdminCall, PutsOptionsIntoTheQueryOfWhatOnlyLooks) {
    EXPECT_EQ(planned({"keys", "list"}).target, "/key/list?return_full_object=true&size=100");
    EXPECT_EQ(planned({"keys", "list", "--size", "5", "--team", "a&b", "--hashes"}).target,
              "/key/list?return_full_object=true&size=5&team_id=a%26b");
    EXPECT_EQ(planned({"users", "info", "lena+x@example.org"}).target,
              "/user/info?user_id=lena%2Bx%40example.org");
}

TEST(AdminCall, NamesWhatItIsAbout) {
    EXPECT_EQ(planned({"keys", "update", "sk-1", "--max-budget", "null"}).body,
              R"({"key":"sk-1","max_budget":null})");
    EXPECT_EQ(planned({"keys", "delete", "sk-1", "sk-2"}).body, R"({"keys":["sk-1","sk-2"]})");
    EXPECT_EQ(planned({"teams", "add-member", "search", "lena", "--role", "admin"}).body,
              R"({"team_id":"search","member":{"role":"admin","user_id":"lena"}})");
    EXPECT_EQ(
        planned({"teams", "add-member", "search", "lena", "--budget", "5"}).body,
        R"({"team_id":"search","max_budget_in_team":5,"member":{"role":"user","user_id":"lena"}})");
    EXPECT_EQ(planned({"teams", "remove-member", "search", "lena"}).body,
              R"({"team_id":"search","user_id":"lena"})");
    EXPECT_EQ(planned({"users", "create", "lena"}).body,
              R"({"auto_create_key":false,"user_id":"lena"})");
    EXPECT_EQ(planned({"users", "create", "--with-key"}).body, R"({"auto_create_key":true})");
}

TEST(AdminCall, SumsTheLastThirtyDays) {
    EXPECT_EQ(planned({"spend"}).target,
              "/user/daily/activity/aggregated?start_date=2026-10-29&end_date=2026-11-27");
    EXPECT_EQ(planned({"spend", "summary", "--by", "team", "--from", "2026-11-01"}).target,
              "/team/daily/activity/aggregated?start_date=2026-11-01&end_date=2026-11-27");
    EXPECT_EQ(planned({"spend", "logs", "--model", "m", "--to", "2026-11-02"}).target,
              "/spend/logs/v2?model=m&end_date=2026-11-02&start_date=2026-10-29");
}

TEST(AdminCall, TellsKeysFromAliases) {
    EXPECT_TRUE(names_key_itself("sk-1"));
    EXPECT_TRUE(names_key_itself(std::string(64, 'a')));
    EXPECT_FALSE(names_key_itself(std::string(64, 'g')));
    EXPECT_FALSE(names_key_itself("ci"));
}

}  // namespace
}  // namespace tollweir::admin_cli
