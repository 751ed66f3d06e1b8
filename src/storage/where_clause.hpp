#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// A condition that is put together from those that are asked for, with its parameters. Texts of
/// values live as long as the statement runs.
class WhereClause {
public:
    /// `?` stands for the value.
    void add(std::string_view condition, SqlValue value) {
        const auto name = param(value);
        begin();
        for (const char c : condition) c == '?' ? text_.append(name) : text_.append(1, c);
    }
    /// Left out where the text is empty.
    void add_text(std::string_view condition, std::string_view value) {
        if (!value.empty()) add(condition, value);
    }
    void add(std::string_view condition) {
        begin();
        text_ += condition;
    }
    /// Notes a value for elsewhere in the statement: `$3`.
    std::string param(SqlValue value) {
        values_.push_back(value);
        return '$' + std::to_string(values_.size());
    }

    /// ` where ...`, or nothing.
    const std::string& text() const { return text_; }
    std::span<const SqlValue> values() const { return values_; }

private:
    void begin() { text_ += text_.empty() ? " where " : " and "; }

    std::string text_;
    std::vector<SqlValue> values_;
};

}  // namespace tollweir
