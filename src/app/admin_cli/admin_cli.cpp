#include "tollweir/app/admin_cli.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "app/admin_cli/arguments.hpp"
#include "app/admin_cli/error_line.hpp"
#include "app/admin_cli/gateway_call.hpp"
#include "app/admin_cli/show_answer.hpp"
#include "app/admin_cli/shown_value.hpp"
#include "app/admin_cli/text_table.hpp"

namespace tollweir {
namespace {

using namespace admin_cli;

/// Columns of the terminal that is written to; 0: it is none, and nothing is cut.
std::size_t terminal_width() {
    winsize size{};
    if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

int fail_with(const std::string& line, int status) {
    std::fprintf(stderr, "tollweir: %s\n", printable(line).c_str());
    return status;
}

using Body = std::expected<std::string, std::string>;

/// One command: what is asked, and asked again where an alias stands for a key.
class Run {
public:
    Run(Request request, const Environment& environment)
        : request_(std::move(request)), environment_(environment) {}

    int run() {
        for (const auto& word : request_.command->words)
            if (word.is_key)
                if (auto named = name_keys(); !named) return fail_with(named.error(), 1);
        const auto now = WallClock::now();
        const auto body = ask(plan_call(request_, now));
        if (!body) return fail_with(body.error(), 1);
        if (request_.has("json")) {
            std::printf("%s\n", body->c_str());
            return 0;
        }
        const auto shown = show_answer(request_, *body, terminal_width(), now);
        if (!shown) return fail_with(shown.error(), 1);
        std::fputs(shown->text.c_str(), stdout);
        if (!shown->note.empty()) std::fprintf(stderr, "%s\n", shown->note.c_str());
        return 0;
    }

private:
    Body ask(const GatewayCall& call) const {
        auto answer =
            ask_gateway(request_.gateway, environment_, call.method, call.target, call.body);
        if (!answer) return std::unexpected(answer.error());
        if (answer->status != 200) return std::unexpected(error_line(answer->status, answer->body));
        return std::move(answer->body);
    }

    /// Puts hashes in the place of aliases.
    std::expected<void, std::string> name_keys() {
        for (auto& word : request_.words) {
            if (names_key_itself(word)) continue;
            const auto body = ask(plan_alias_search(word));
            if (!body) return std::unexpected(body.error());
            const auto answer = parse_json_tree(*body);
            const auto* keys = answer ? answer->find("keys") : nullptr;
            if (keys == nullptr || keys->children.empty())
                return std::unexpected("no key has the alias \"" + word + "\"");
            if (keys->children.size() > 1)
                return std::unexpected("several keys have the alias \"" + word +
                                       "\": name one by its hash (keys list --hashes)");
            word = text_of(keys->children.front(), "token");
        }
        return {};
    }

    Request request_;
    const Environment& environment_;
};

}  // namespace

bool is_admin_command(std::string_view word) {
    return is_group(word);
}

int run_admin_command(const std::vector<std::string>& arguments, const Environment& environment) {
    auto request = parse_arguments(arguments, environment);
    if (request) return Run(std::move(*request), environment).run();
    const auto& [message, help] = request.error();
    if (message.empty()) {
        std::fputs(help.c_str(), stdout);
        return 0;
    }
    std::fprintf(stderr, "tollweir: %s\n\n%s", printable(message).c_str(), help.c_str());
    return 2;
}

}  // namespace tollweir
