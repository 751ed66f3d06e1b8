#include "gateway/admin/keys/key_token.hpp"

#include "gateway/admin/keys/key_spend.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {

void give_token(const KeyDefaults& rules, const Secret& key, WallTime now, KeyRow& row) {
    row.token = sha256_hex(key.reveal());
    row.key_name = rules.keeps_key_name ? shown_key(key.reveal()) : std::string();
    ++row.rotation_count;
    row.last_rotation_at = now;
    if (!row.auto_rotate) return;
    if (const auto interval = parse_budget_duration(row.rotation_interval))
        row.key_rotation_at = add_exactly(now, *interval);
}

std::optional<WallTime> end_of_grace(const std::optional<BudgetDuration>& grace, WallTime now) {
    if (!grace) return std::nullopt;
    return add_exactly(now, *grace);
}

Result<void> move_key(Sql& sql, const KeyRow& before, const KeyRow& after,
                      std::optional<WallTime> grace_end, WallTime now) {
    if (auto written = update_key(sql, before, after); !written) return written;
    if (auto kept = deprecate_token(sql, before.token, after.token, grace_end, now); !kept)
        return kept;
    return move_key_spend(sql, before.token, after, now);
}

}  // namespace tollweir
