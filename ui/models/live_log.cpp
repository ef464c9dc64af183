#include "ui/models/live_log.h"

#include "ui/models/keyed_table.h"
#include "ui/style/number_text.h"

#include <QDateTime>

#include <algorithm>

namespace sg {

LineClass lineClass(const TailLine& line) {
    if (line.reason != Reason::None) return LineClass::Dead;
    if (line.status < 100 || line.status > 599) return LineClass::Other;
    return static_cast<LineClass>(line.status / 100 - 1);
}

QString lineClassText(LineClass kind) {
    switch (kind) {
    case LineClass::Info:
        return QStringLiteral("1xx");
    case LineClass::Success:
        return QStringLiteral("2xx");
    case LineClass::Redirect:
        return QStringLiteral("3xx");
    case LineClass::ClientError:
        return QStringLiteral("4xx");
    case LineClass::ServerError:
        return QStringLiteral("5xx");
    case LineClass::Other:
        return LiveLog::tr("other");
    case LineClass::Dead:
        break;
    }
    return LiveLog::tr("dead");
}

void LiveLog::take(const TailPart& tail) {
    if (tail.batch.value == m_batch) return;
    if (tail.batch.value < m_batch) clear();
    m_batch = tail.batch.value;
    m_sampleLines = tail.lines.size();
    m_sampleOf = tail.linesInBatch;

    std::vector<std::uint64_t> shown;
    for (const TailLine& line : tail.lines) {
        LogRow row;
        row.text = rawText(line.raw);
        row.timeMs = line.time.ns / 1'000'000;
        row.status = line.status;
        row.kind = lineClass(line);
        row.reason = line.reason;
        row.batch = tail.batch.value;
        row.source = line.source.value;
        row.offset = line.offset;
        if (passes(row)) shown.push_back(m_first + m_rows.size());
        m_rows.push_back(std::move(row));
    }
    if (!shown.empty()) {
        beginInsertRows({}, static_cast<int>(m_shown.size()), static_cast<int>(m_shown.size() + shown.size()) - 1);
        m_shown.insert(m_shown.end(), shown.begin(), shown.end());
        endInsertRows();
    }
    if (m_rows.size() <= kKeptLogLines) return;
    const std::uint64_t first = m_first + (m_rows.size() - kKeptLogLines);
    const auto gone = std::lower_bound(m_shown.begin(), m_shown.end(), first) - m_shown.begin();
    if (gone > 0) {
        beginRemoveRows({}, 0, static_cast<int>(gone) - 1);
        m_shown.erase(m_shown.begin(), m_shown.begin() + gone);
    }
    m_rows.erase(m_rows.begin(), m_rows.begin() + static_cast<std::ptrdiff_t>(first - m_first));
    m_first = first;
    if (gone > 0) endRemoveRows();
}

void LiveLog::clear() {
    beginResetModel();
    m_first += m_rows.size();
    m_rows.clear();
    m_shown.clear();
    m_batch = m_sampleLines = m_sampleOf = 0;
    endResetModel();
}

bool LiveLog::setPattern(const QString& pattern, bool regularExpression) {
    QRegularExpression expression(regularExpression ? pattern : QRegularExpression::escape(pattern),
                                  QRegularExpression::CaseInsensitiveOption);
    if (regularExpression && !expression.isValid()) {
        m_error =
            tr("Not a regular expression: %1 (at character %2)").arg(expression.errorString()).arg(expression.patternErrorOffset() + 1);
        return false;
    }
    m_error.clear();
    if (pattern == m_pattern && regularExpression == m_regular) return true;
    m_pattern = pattern;
    m_regular = regularExpression;
    expression.optimize();
    m_expression = std::move(expression);
    refilter();
    return true;
}

void LiveLog::setOnlyMatches(bool only) {
    if (only == m_onlyMatches) return;
    m_onlyMatches = only;
    refilter();
}

void LiveLog::setClasses(std::bitset<kLineClasses> classes) {
    if (classes == m_classes) return;
    m_classes = classes;
    refilter();
}

bool LiveLog::isFiltered() const { return m_classes.any() || (m_onlyMatches && !m_pattern.isEmpty()); }

bool LiveLog::passes(const LogRow& row) const {
    if (m_classes.any() && !m_classes.test(static_cast<std::size_t>(row.kind))) return false;
    return m_pattern.isEmpty() || !m_onlyMatches || m_expression.match(row.text).hasMatch();
}

void LiveLog::refilter() {
    beginResetModel();
    m_shown.clear();
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        if (passes(m_rows[i])) m_shown.push_back(m_first + i);
    endResetModel();
}

QVector<std::pair<int, int>> LiveLog::matches(const QString& text) const {
    QVector<std::pair<int, int>> found;
    if (m_pattern.isEmpty()) return found;
    for (auto at = m_expression.globalMatch(text); at.hasNext() && found.size() < 50;) {
        const QRegularExpressionMatch match = at.next();
        if (match.capturedLength() > 0) found.append({static_cast<int>(match.capturedStart()), static_cast<int>(match.capturedLength())});
    }
    return found;
}

int LiveLog::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_shown.size()); }

const LogRow& LiveLog::rowAt(int row) const { return m_rows[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)] - m_first)]; }

QVariant LiveLog::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const LogRow& row = rowAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return row.text;
    case Qt::ToolTipRole: {
        QString text = row.text.toHtmlEscaped();
        if (row.reason != Reason::None) {
            const ReasonText& reason = reasonText(row.reason);
            text += QStringLiteral("<br><b>") +
                    QString::fromUtf8(reason.sentence.data(), static_cast<qsizetype>(reason.sentence.size())).toHtmlEscaped() +
                    QStringLiteral("</b>");
        }
        return QStringLiteral("<qt>") + text + QStringLiteral("</qt>");
    }
    case Qt::AccessibleTextRole:
        return lineClassText(row.kind) + QLatin1Char(' ') + row.text;
    default:
        return {};
    }
}

QString LiveLog::sampleText() const {
    if (m_sampleOf <= m_sampleLines) return {};
    return tr("%1 of %2 lines of this batch are shown").arg(countText(m_sampleLines), countText(m_sampleOf));
}

} // namespace sg
