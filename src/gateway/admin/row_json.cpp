#include "gateway/admin/row_json.hpp"

#include "tollweir/core/time_text.hpp"

namespace tollweir {

void ColumnWriter::write(const std::string& text) const {
    if (text.empty())
        json_.null();
    else if (kind_ == ColumnKind::json)
        json_.raw(text);
    else
        json_.string(text);
}
void ColumnWriter::write(bool flag) const {
    json_.boolean(flag);
}
void ColumnWriter::write(const std::optional<bool>& flag) const {
    flag ? json_.boolean(*flag) : json_.null();
}
void ColumnWriter::write(std::int64_t number) const {
    json_.number(number);
}
void ColumnWriter::write(const std::optional<std::int64_t>& number) const {
    if (!number)
        json_.null();
    else if (kind_ == ColumnKind::money)
        json_.raw(dollars(*number));
    else
        json_.number(*number);
}
void ColumnWriter::write(const std::optional<WallTime>& time) const {
    time ? json_.string(rfc3339(*time)) : json_.null();
}
void ColumnWriter::write(const std::vector<std::string>& items) const {
    json_.begin_array();
    for (const auto& item : items) json_.string(item);
    json_.end_array();
}
void ColumnWriter::write(PicodollarSum amount) const {
    json_.raw(dollars(amount));
}

}  // namespace tollweir
