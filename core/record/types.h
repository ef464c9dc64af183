#pragma once
/// Number types that must not be mixed up: mixing them does not compile.
#include <compare>
#include <cstdint>
#include <functional>

namespace sg {

/// A 64-bit count or position with a meaning. Differences and sums stay within one meaning; `.value` leaves it.
template <class Tag> struct Number {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(Number, Number) = default;
    friend constexpr Number operator+(Number a, Number b) { return {a.value + b.value}; }
    friend constexpr Number operator-(Number a, Number b) { return {a.value - b.value}; }
    constexpr Number& operator+=(Number other) {
        value += other.value;
        return *this;
    }
    constexpr Number& operator++() {
        ++value;
        return *this;
    }
};

using ByteOffset = Number<struct ByteOffsetTag>;   ///< position in a source, in bytes from its beginning
using ByteCount = Number<struct ByteCountTag>;     ///< bytes
using LineCount = Number<struct LineCountTag>;     ///< physical lines; a torn last line counts
using Sequence = Number<struct SequenceTag>;       ///< of a chunk in a data directory, from 1, without gaps
using BatchId = Number<struct BatchIdTag>;         ///< of a micro-batch in a data directory, from 1, without gaps
using SourceId = Number<struct SourceIdTag>;       ///< of a source (one generation of one log file) in a data directory, from 1
using Revision = Number<struct RevisionTag>;       ///< of the Tuning, from 1

} // namespace sg
