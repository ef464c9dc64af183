/// `csv:<columns>`: lines of any device, shop or program, told what their columns are.
///
/// The columns stand in their order, with the delimiter of the lines between them: `,`, `;`, `|` or a tab, the first of these that the list
/// has. A column is one of
///   - a word of `roleNames()`: `ts`, `key`, `ip`, `status` ...; its label, where it makes one, has the word's name;
///   - `name:word`, the same with a name of its own: `temperature:number`, `device:key`;
///   - `-`, which is left out;
///   - any other name: a label.
/// `header` as the first word says that a file's first line has the columns' names, and it is skipped.
///
/// | in the line | in the document                                                                                          |
/// |-------------|----------------------------------------------------------------------------------------------------------|
/// | ts          | @timestamp: ISO 8601, Apache's, or seconds, milli-, micro- or nanoseconds since 1970; without: the arrival |
/// | key         | streamgauge.key, and labels.<name>                                                                       |
/// | number      | streamgauge.values.<name>; empty, `-`, `null` and `NaN` are absent                                         |
/// | other words | as the formats of web servers                                                                            |
/// | other names | labels.<name>                                                                                            |
///
/// Nothing is said of web access but where the line has a status, a request or an agent. Fewer or more columns than named: a dead letter. A
/// value in quotes may hold delimiters and doubled quotes, but no newline: a line is a line.
/// *Source:* RFC 4180.
#include "core/format/field_set.h"
#include "core/format/formats.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::string_view kPrefix = "csv:";
constexpr std::size_t kMaxColumns = 256;

struct CsvColumn {
    std::string name;
    JsonKey meaning = JsonKey::LeftOut;
};

struct CsvLayout {
    char delimiter = ',';
    bool header = false;
    std::vector<CsvColumn> columns;
};

class CsvParser final : public ScanningParser {
public:
    CsvParser(const FormatOptions& options, std::shared_ptr<const CsvLayout> layout)
        : m_layout(std::move(layout)), m_fields(options.zoneOffsetMinutes) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] Reason takeValue(Scan& scan, std::string_view& value);

    std::shared_ptr<const CsvLayout> m_layout;
    FieldSet m_fields;
    std::string m_scratch; ///< values with doubled quotes; together never longer than the line
    std::size_t m_scratchUsed = 0;
    bool m_dirty = false;
};

Reason CsvParser::takeValue(Scan& scan, std::string_view& value) {
    if (scan.atEnd() || *scan.at != '"') {
        value = scan.take(scan.find(m_layout->delimiter, scan.at));
        m_dirty = m_dirty || value.find('"') != std::string_view::npos;
        return Reason::None;
    }
    const char* const open = scan.at;
    const char* const begin = open + 1;
    bool doubled = false;
    const char* close = scan.find('"', begin);
    while (close != scan.end && close + 1 != scan.end && close[1] == '"') {
        doubled = true;
        close = scan.find('"', close + 2);
    }
    if (close == scan.end) return Reason::UnterminatedQuote;
    value = {begin, static_cast<std::size_t>(close - begin)};
    scan.at = close + 1;
    if (!doubled) return Reason::None;
    m_dirty = true;
    const auto size = static_cast<std::size_t>(scan.end - scan.begin);
    if (m_scratch.size() < size) m_scratch.resize(size);
    char* const out = m_scratch.data() + m_scratchUsed;
    char* end = out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        *end++ = value[i];
        if (value[i] == '"') ++i;
    }
    value = {out, static_cast<std::size_t>(end - out)};
    m_scratchUsed += value.size();
    return Reason::None;
}

Reason CsvParser::read(Scan& scan, Record& record) {
    m_fields.begin();
    m_scratchUsed = 0;
    m_dirty = false;
    const char* timeBegin = scan.at;
    for (std::size_t i = 0; i < m_layout->columns.size(); ++i) {
        if (i > 0) {
            if (scan.atEnd()) return Reason::MissingField;
            if (*scan.at != m_layout->delimiter) return Reason::TrailingGarbage; // behind a closing quote
            ++scan.at;
        }
        const CsvColumn& column = m_layout->columns[i];
        const char* const begin = scan.at;
        std::string_view value;
        if (const Reason reason = takeValue(scan, value); reason != Reason::None) return reason;
        if (column.meaning == JsonKey::Time) timeBegin = begin;
        if (value.empty() && column.meaning != JsonKey::Time && column.meaning != JsonKey::StatusCode) continue;
        const Reason reason = m_fields.put(column.meaning, column.name, {Scalar::Kind::Text, value}, record);
        if (reason != Reason::None) {
            scan.at = begin;
            return reason;
        }
    }
    if (!scan.atEnd()) return Reason::TrailingGarbage;
    record.clean = scan.plain && !m_dirty;
    const Reason reason = m_fields.finish(record);
    if (reason == Reason::BadTime || reason == Reason::NoTime) scan.at = timeBegin;
    else if (reason == Reason::UnknownShape) return m_fields.labels().empty() ? reason : Reason::None; // labels alone are enough here
    return reason;
}

/// Leaves a file's first line out.
class HeadedCsvParser final : public LineParser {
public:
    HeadedCsvParser(const FormatOptions& options, std::shared_ptr<const CsvLayout> layout) : m_rows(options, std::move(layout)) {}
    [[nodiscard]] LineOutcome parse(std::string_view line, bool firstOfSource, Record& record) override {
        if (!firstOfSource) return m_rows.parse(line, false, record);
        clearRecord(record);
        record.line = line;
        return {LineOutcome::Kind::Skipped, Reason::None, 0};
    }

private:
    CsvParser m_rows;
};

class CsvFormat final : public Format {
public:
    CsvFormat(std::string name, CsvLayout layout)
        : m_name(std::move(name)), m_layout(std::make_shared<const CsvLayout>(std::move(layout))) {}
    [[nodiscard]] std::string_view name() const override { return m_name; }
    [[nodiscard]] std::unique_ptr<LineParser> makeParser(const FormatOptions& options) const override {
        if (m_layout->header) return std::make_unique<HeadedCsvParser>(options, m_layout);
        return std::make_unique<CsvParser>(options, m_layout);
    }
    [[nodiscard]] bool timeless() const override {
        const auto& columns = m_layout->columns;
        return std::none_of(columns.begin(), columns.end(), [](const CsvColumn& column) { return column.meaning == JsonKey::Time; });
    }

private:
    std::string m_name;
    std::shared_ptr<const CsvLayout> m_layout;
};

} // namespace

Result<std::shared_ptr<const Format>> makeCsv(std::string_view name) {
    const auto refuse = [&](std::size_t at, const std::string& why) {
        return fail(ErrorCode::InvalidArgument, "format '" + std::string(name) + "', byte " + std::to_string(at + 1) + ": " + why);
    };
    CsvLayout layout;
    const std::size_t delimiter = name.find_first_of(",;|\t", kPrefix.size());
    if (delimiter != std::string_view::npos) layout.delimiter = name[delimiter];
    for (std::size_t at = kPrefix.size();;) {
        const std::size_t end = std::min(name.find(layout.delimiter, at), name.size());
        const std::string_view entry = name.substr(at, end - at);
        if (entry.empty()) return refuse(at, "a column has no name");
        if (entry == "header" && at == kPrefix.size() && end < name.size()) {
            layout.header = true;
        } else {
            const std::size_t colon = entry.rfind(':');
            const std::string_view word = entry.substr(colon + 1); // npos + 1 = 0
            CsvColumn column{std::string(entry.substr(0, colon)), findRole(word)};
            if (colon != std::string_view::npos && column.name.empty()) return refuse(at, "a column has no name");
            if (colon != std::string_view::npos && column.meaning == JsonKey::Other)
                return refuse(at + colon + 1, "'" + std::string(word) + "' is none of " + roleNames());
            if (entry == "-") column.meaning = JsonKey::LeftOut;
            else if (column.meaning == JsonKey::Other) column.meaning = JsonKey::Label;
            for (const CsvColumn& known : layout.columns)
                if (column.meaning != JsonKey::LeftOut && known.name == column.name)
                    return refuse(at, "'" + column.name + "' is there twice");
            if (layout.columns.size() == kMaxColumns) return refuse(at, "more than " + std::to_string(kMaxColumns) + " columns");
            layout.columns.push_back(std::move(column));
        }
        if (end == name.size()) break;
        at = end + 1;
    }
    return std::shared_ptr<const Format>(std::make_shared<CsvFormat>(std::string(name), std::move(layout)));
}

} // namespace sg
