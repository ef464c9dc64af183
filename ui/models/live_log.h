#pragma once
/// The newest log lines as they pass by: 10,000 kept, those shown that the filter lets through.
///
/// A filter is a text or a regular expression, and any of the status classes; with `onlyMatches` off the text only highlights.
/// *Cost:* a line's text is decoded once, when it comes; about 0.6 kB a line of usual length.
#include "core/contract/log_tail.h"

#include <QAbstractListModel>
#include <QRegularExpression>

#include <bitset>
#include <cstdint>
#include <deque>

namespace sg {

inline constexpr std::size_t kKeptLogLines = 10'000;

/// 1xx..5xx, other (no status, or none of those), dead letters.
enum class LineClass : std::uint8_t { Info, Success, Redirect, ClientError, ServerError, Other, Dead };
inline constexpr std::size_t kLineClasses = 7;

struct LogRow {
    QString text; ///< by rawText
    qint64 timeMs = 0;
    int status = -1;
    LineClass kind = LineClass::Other;
    Reason reason = Reason::None;
    std::uint64_t batch = 0;
    std::uint64_t source = 0, offset = 0;
};

class LiveLog : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    /// The end of a batch; the one that was taken last is not taken twice.
    void take(const TailPart& tail);
    void clear();

    /// Empty = everything. False: the regular expression is wrong, `error` says how, and the filter before stays in force.
    bool setPattern(const QString& pattern, bool regularExpression);
    [[nodiscard]] const QString& error() const { return m_error; }
    void setOnlyMatches(bool only);
    /// None chosen = all.
    void setClasses(std::bitset<kLineClasses> classes);
    [[nodiscard]] bool isFiltered() const;
    /// (start, length) of what matches, for highlighting.
    [[nodiscard]] QVector<std::pair<int, int>> matches(const QString& text) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] const LogRow& rowAt(int row) const;
    [[nodiscard]] std::size_t kept() const { return m_rows.size(); }
    /// "200 of 12,498 lines of this batch are shown"; empty when nothing was left out.
    [[nodiscard]] QString sampleText() const;

private:
    [[nodiscard]] bool passes(const LogRow& row) const;
    void refilter();

    std::deque<LogRow> m_rows;
    std::uint64_t m_first = 0;         ///< number of m_rows.front(), counted since the beginning
    std::deque<std::uint64_t> m_shown; ///< numbers of rows, ascending
    QString m_pattern;
    bool m_regular = false;
    QRegularExpression m_expression;
    QString m_error;
    bool m_onlyMatches = true;
    std::bitset<kLineClasses> m_classes;
    std::uint64_t m_batch = 0;
    std::uint64_t m_sampleLines = 0, m_sampleOf = 0;
};

[[nodiscard]] LineClass lineClass(const TailLine& line);
[[nodiscard]] QString lineClassText(LineClass kind);

} // namespace sg
