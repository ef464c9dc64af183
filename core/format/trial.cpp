#include "core/format/trial.h"

#include "core/base/clock.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

namespace sg {
namespace {

constexpr std::size_t kLongestAsked = 4096;
constexpr std::int32_t kNoField = -1;

constexpr std::array<std::string_view, kEcsFieldCount> kEcsWords{
    "request id",         "request bytes",     "response bytes",      "TLS version",         "TLS cipher",       "TLS protocol",
    "destination",        "destination IP",    "destination port",    "host name",           "event id",         "level",
    "message",            "forwarded for",     "scheme",              "query",               "path",             "agent name",
    "service",            "client port",       "process id",          "thread id",           "file",             "network bytes",
    "request body bytes", "request type",      "response type",       "TLS server name",     "TLS client",       "TLS issuer",
    "TLS resumed",        "bytes from client", "bytes to the server", "trace id",            "action",           "code",
    "process"};

std::string timeText(Timestamp time) {
    const std::int64_t days = time.days(), second = time.seconds() - days * 86'400;
    const auto date = std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(days)));
    const auto fraction = static_cast<int>((time.ns - time.seconds() * 1'000'000'000) / 1'000'000);
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%03d UTC", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(second / 3600),
                  static_cast<int>(second / 60 % 60), static_cast<int>(second % 60), fraction);
    return text;
}

std::string durationText(std::int64_t ns) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g ms", static_cast<double>(ns) / 1e6);
    return text;
}

/// Calls `each(kind, name, view)` for every text of the record, in the order of readFields; an absent one has no data.
template <class Each> void eachText(const Record& record, const Each& each) {
    each(FieldKind::Client, fieldKindName(FieldKind::Client), record.address);
    each(FieldKind::User, fieldKindName(FieldKind::User), record.user);
    each(FieldKind::Host, fieldKindName(FieldKind::Host), record.host);
    each(FieldKind::Method, fieldKindName(FieldKind::Method), record.method);
    each(FieldKind::Target, fieldKindName(FieldKind::Target), record.target);
    each(FieldKind::Version, fieldKindName(FieldKind::Version), record.version);
    each(FieldKind::Request, fieldKindName(FieldKind::Request), record.request);
    each(FieldKind::Referrer, fieldKindName(FieldKind::Referrer), record.referrer);
    each(FieldKind::Agent, fieldKindName(FieldKind::Agent), record.agent);
    each(FieldKind::Key, fieldKindName(FieldKind::Key), record.key);
    for (std::size_t i = 0; i < record.extraCount; ++i)
        each(FieldKind::Other, kEcsWords[static_cast<std::size_t>(record.extras[i].field)], record.extras[i].value);
    for (const Label& label : record.labels) each(FieldKind::Other, label.name, label.value);
}

bool isNumber(FieldKind kind) {
    return kind == FieldKind::Time || kind == FieldKind::StatusCode || kind == FieldKind::Bytes || kind == FieldKind::Duration;
}

/// The same text but for one byte.
bool isOneByteApart(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    const auto [first, other] = std::mismatch(a.begin(), a.end(), b.begin());
    return first != a.end() && std::equal(first + 1, a.end(), other + 1);
}

/// Other bytes of the same kind: a digit stays a digit, so that a number stays one.
std::array<char, 2> othersOf(char byte) {
    if (byte >= '0' && byte <= '9') return {static_cast<char>(byte == '0' ? '1' : byte - 1), static_cast<char>(byte == '9' ? '8' : byte + 1)};
    const auto folded = static_cast<char>(byte | 0x20);
    if (folded >= 'a' && folded <= 'z')
        return {static_cast<char>(folded == 'z' ? byte - 1 : byte + 1), static_cast<char>(folded == 'a' ? byte + 1 : byte - 1)};
    return {'x', 'x'};
}

/// The field that has changed from `before` to `after` because the byte has; kNoField when none has, or more than the byte explains.
std::int32_t changedField(std::span<const ReadField> before, std::span<const ReadField> after, bool digit) {
    if (before.size() != after.size()) return kNoField;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i].value == after[i].value || before[i].name != after[i].name) continue;
        if (isNumber(before[i].kind) ? digit : isOneByteApart(before[i].value, after[i].value)) return static_cast<std::int32_t>(i);
    }
    return kNoField;
}

} // namespace

std::vector<ReadField> readFields(const Record& record) {
    std::vector<ReadField> fields;
    const auto number = [&](FieldKind kind, std::string value) {
        fields.push_back({kind, std::string(fieldKindName(kind)), std::move(value)});
    };
    if (record.hasTime) number(FieldKind::Time, timeText(record.time));
    if (record.status != kNoStatus) number(FieldKind::StatusCode, std::to_string(record.status));
    if (record.bytes != kAbsent) number(FieldKind::Bytes, std::to_string(record.bytes));
    if (record.durationNs != kAbsent) number(FieldKind::Duration, durationText(record.durationNs));
    eachText(record, [&](FieldKind kind, std::string_view name, std::string_view value) {
        if (value.data() != nullptr) fields.push_back({kind, std::string(name), std::string(value)});
    });
    return fields;
}

std::vector<FieldRange> fieldRanges(LineParser& parser, std::string_view line, bool firstOfSource, Record& record,
                                    std::span<const ReadField> fields) {
    std::vector<std::int32_t> owner(line.size(), kNoField); // of each byte
    auto index = static_cast<std::int32_t>(std::count_if(fields.begin(), fields.end(), [](const ReadField& f) { return isNumber(f.kind); }));
    eachText(record, [&](FieldKind, std::string_view, std::string_view value) {
        if (value.data() == nullptr) return;
        const std::int32_t field = index++;
        // Pointers into different texts compare only by std::less.
        const std::less<const char*> before;
        if (value.empty() || before(value.data(), line.data()) || before(line.data() + line.size(), value.data() + value.size())) return;
        const auto begin = owner.begin() + (value.data() - line.data());
        std::replace(begin, begin + static_cast<std::ptrdiff_t>(value.size()), kNoField, field);
    });
    if (line.size() <= kLongestAsked) {
        std::string asked(line);
        for (std::size_t at = 0; at < line.size(); ++at) {
            if (owner[at] != kNoField || line[at] == ' ') continue;
            const bool digit = line[at] >= '0' && line[at] <= '9';
            for (const char other : othersOf(line[at])) {
                asked[at] = other;
                if (parser.parse(asked, firstOfSource, record).kind != LineOutcome::Kind::Parsed) continue;
                owner[at] = changedField(fields, readFields(record), digit);
                if (owner[at] != kNoField) break;
            }
            asked[at] = line[at];
        }
        static_cast<void>(parser.parse(line, firstOfSource, record));
    }
    std::vector<FieldRange> ranges;
    for (std::size_t at = 0; at < owner.size(); ++at) {
        if (owner[at] == kNoField) continue;
        const auto field = static_cast<std::uint32_t>(owner[at]), place = static_cast<std::uint32_t>(at);
        // Between two bytes of a field stand its separators, and what cannot change without making it wrong (the name of a month).
        if (!ranges.empty() && ranges.back().field == field) ranges.back().end = place + 1;
        else ranges.push_back({place, place + 1, field});
    }
    // The first digit of a year cannot change without leaving the years that there are.
    const auto joins = [&](std::size_t at) { return owner[at] == kNoField && line[at] >= '0' && line[at] <= '9'; };
    for (FieldRange& range : ranges) {
        if (!isNumber(fields[range.field].kind)) continue;
        while (range.begin > 0 && joins(range.begin - 1)) --range.begin;
        while (range.end < line.size() && joins(range.end)) ++range.end;
    }
    return ranges;
}

FormatTrial tryFormat(const Format& format, std::string_view sample, const TrialOptions& options) {
    FormatTrial trial;
    const auto parser = format.makeParser({});
    Record record;
    for (std::size_t number = 1; number <= options.lines && !sample.empty(); ++number) {
        const std::size_t newline = sample.find('\n');
        const std::string_view line = sample.substr(0, newline);
        sample.remove_prefix(newline == std::string_view::npos ? sample.size() : newline + 1);
        const LineOutcome outcome = parser->parse(line, number == 1, record);
        if (outcome.kind == LineOutcome::Kind::Skipped) {
            ++trial.skipped;
            continue;
        }
        ++trial.lines;
        const bool parsed = outcome.kind == LineOutcome::Kind::Parsed;
        trial.matched += parsed;
        const bool shown = trial.samples.size() < options.samples;
        const bool failure = !parsed && trial.failures.size() < options.failures;
        if (!shown && !failure) continue;
        LineSample one{number, std::string(line), parsed, outcome.reason, outcome.column, {}, {}};
        if (failure) trial.failures.push_back(one);
        if (!shown) continue;
        if (parsed) {
            one.fields = readFields(record);
            one.ranges = fieldRanges(*parser, line, number == 1, record, one.fields);
        }
        trial.samples.push_back(std::move(one));
    }
    return trial;
}

} // namespace sg
