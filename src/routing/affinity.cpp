#include "tollweir/routing/affinity.hpp"

#include <functional>
#include <mutex>
#include <new>
#include <string>

#include "tollweir/core/find_text.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

AffinityId hash(std::string_view text) {
    const AffinityId id = std::hash<std::string_view>{}(text);
    return id == 0 ? 1 : id;
}

}  // namespace

AffinityTable::AffinityTable() : slots_(static_cast<Slot*>(std::calloc(kSlots, sizeof(Slot)))) {
    if (!slots_) throw std::bad_alloc();
}

AffinityId AffinityTable::find(AffinityId who, TimePoint now) const {
    const std::lock_guard held(bits_[who % kBits]);
    const auto& slot = slots_[who % kSlots];
    return slot.who == who && now.time_since_epoch().count() < slot.until ? slot.deployment : 0;
}

void AffinityTable::pin(AffinityId who, AffinityId deployment, TimePoint until) {
    const std::lock_guard held(bits_[who % kBits]);
    slots_[who % kSlots] = {who, deployment, until.time_since_epoch().count()};
}

AffinityId affinity_of(std::string_view kind, std::string_view group, std::string_view who) {
    std::string text;
    for (const auto part : {kind, group, who}) text.append(part).append(1, '\0');
    return hash(text);
}

AffinityId affinity_of_deployment(std::string_view id) {
    return hash(id);
}

std::string cached_beginning(const ObjectView& body) {
    constexpr std::string_view kMark = "\"cache_control\"";
    const auto* messages = body.find("messages");
    if (messages == nullptr || !contains_text(messages->value, kMark)) return {};
    const auto elements = json_elements(messages->value);
    if (!elements) return {};
    std::size_t count = 0;
    for (std::size_t i = 0; i < elements->size(); ++i)
        if (contains_text((*elements)[i], kMark)) count = i + 1;
    std::string beginning;
    if (const auto* tools = body.find("tools"); tools != nullptr) beginning += tools->value;
    for (std::size_t i = 0; i < count; ++i) beginning += (*elements)[i];
    return count == 0 ? std::string() : beginning;
}

}  // namespace tollweir
