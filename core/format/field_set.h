#pragma once
/// Fills a Record from values whose meanings are known by name: what `json`, its relatives and `csv` have in common.
///
/// Of several values for one field the first that is present counts. `""` and `-` are absent, but for a status of `""`.
/// *Cost:* a switch a value; no allocation but for a path and query that must be put together.
#include "core/format/json_keys.h"
#include "core/format/label_list.h"
#include "core/format/scanner.h"
#include "core/format/time_parser.h"

#include <array>
#include <string>

namespace sg {

/// A value as it stands in the line, without quotes and escapes.
struct Scalar {
    enum class Kind : std::uint8_t { Null, Bool, Number, Text } kind = Kind::Null;
    std::string_view text;
};

class FieldSet {
public:
    explicit FieldSet(int zoneOffsetMinutes) : m_times(zoneOffsetMinutes) {}

    /// Before a line's first value.
    void begin();
    /// `name` is for labels, and must live as long as the record. The record's text views the scalar's, or what is static.
    [[nodiscard]] Reason put(JsonKey meaning, std::string_view name, const Scalar& value, Record& record);
    /// After the last: what needs several values, and a second look at what was ambiguous.
    [[nodiscard]] Reason finish(Record& record);
    void clearOuterTime() { m_hasOuterTime = false; }
    /// When the line's own time is absent: that of what wrapped it.
    void setOuterTime(Timestamp time) {
        m_outerTime = time;
        m_hasOuterTime = true;
    }
    /// `duration` is Caddy's. Else it could be any unit, and is a label.
    void trustDuration() { m_durationIsCaddys = true; }
    [[nodiscard]] LabelList& labels() { return m_labels; }
    [[nodiscard]] TimeParser& times() { return m_times; }
    /// Of the value that `finish` failed for.
    [[nodiscard]] std::string_view failedName() const { return m_failedName; }

private:
    /// A value that is looked at when all others are known.
    struct Spare {
        std::string_view name;
        Scalar value;
    };

    void fillExtra(Record& record, EcsField field, const Scalar& value);
    [[nodiscard]] Reason putNumber(JsonKey meaning, std::string_view name, Scalar value, Record& record);
    [[nodiscard]] std::optional<Timestamp> anyTime(std::string_view text);
    void putTime(std::string_view name, const Scalar& value, Record& record);
    /// Keeps the first of a kind; a label where there is one already.
    void keepSpare(Spare& spare, std::string_view name, const Scalar& value);
    void useSpareTime(Record& record);
    void useSpareBytes(Record& record);

    TimeParser m_times;
    LabelList m_labels;
    std::string m_target;                           ///< path and query put together
    std::array<std::array<char, 32>, kMaxLabels> m_numbers; ///< numbers that had to be written anew for JSON
    std::size_t m_numbersUsed = 0;
    std::uint64_t m_extrasSeen = 0; ///< a bit for each that has its value
    static_assert(kEcsFieldCount <= 64);
    std::string_view m_request, m_wholeTarget, m_path, m_query, m_addressPort, m_clientAddress;
    Scalar m_duration;
    Spare m_maybeTime, m_maybeBytes;
    bool m_durationIsCaddys = false;
    std::int64_t m_responseBytes = kAbsent;
    Reason m_timeFailure = Reason::None;
    std::string_view m_failedName;
    Timestamp m_outerTime;
    bool m_hasOuterTime = false;
};

/// Whether JSON has a number of these bytes.
[[nodiscard]] bool isJsonNumber(std::string_view text);

} // namespace sg
