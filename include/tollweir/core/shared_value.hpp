#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace tollweir {

/// A value that several share, null or never changed again; two are equal if they say the same.
template <class T>
struct SharedValue : std::shared_ptr<const T> {
    using std::shared_ptr<const T>::shared_ptr;
    SharedValue(std::shared_ptr<const T> value) : std::shared_ptr<const T>(std::move(value)) {}

    friend bool operator==(const SharedValue& a, std::nullptr_t) { return a.get() == nullptr; }
    friend bool operator==(const SharedValue& a, const SharedValue& b) {
        return a.get() == b.get() || (a.get() != nullptr && b.get() != nullptr && *a == *b);
    }
};

}  // namespace tollweir
