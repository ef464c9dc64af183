#include "ui/models/dead_letter_table.h"

#include "ui/style/number_text.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

namespace sg {
namespace {

QString text(std::string_view view) { return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size())); }

} // namespace

QString reasonSentence(Reason reason) { return text(reasonText(reason).sentence); }
QString reasonAdvice(Reason reason) { return text(reasonText(reason).advice); }

void DeadLetterTable::take(std::shared_ptr<const DeadLetterPart> part) {
    m_part = std::move(part);
    show();
}

void DeadLetterTable::setReason(std::optional<Reason> reason) {
    if (reason == m_reason) return;
    m_reason = reason;
    show();
}

void DeadLetterTable::show() {
    std::vector<DeadRow> next;
    if (m_part)
        for (const DeadLetterRow& letter : m_part->rows)
            if (!m_reason || letter.reason == *m_reason) next.push_back({letter});
    replaceRows(std::move(next));
}

std::uint64_t DeadLetterTable::count(Reason reason) const { return m_part ? m_part->byReason[static_cast<std::size_t>(reason)] : 0; }

std::uint64_t DeadLetterTable::total() const {
    std::uint64_t sum = 0;
    if (m_part)
        for (std::size_t reason = 1; reason < kReasonCount; ++reason) sum += m_part->byReason[reason];
    return sum;
}

int DeadLetterTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant DeadLetterTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const DeadLetterRow& letter = rowAt(index.row()).letter;
    const bool number = index.column() == Batch;
    if (role == Qt::TextAlignmentRole) return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == kRawRole) return index.column() == Line;
    if (role == kDimRole) return index.column() == Place || index.column() == Detail;
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (index.column()) {
    case Time:
        return QDateTime::fromMSecsSinceEpoch(letter.time.ns / 1'000'000)
            .toString(role == Qt::ToolTipRole ? QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz t") : QStringLiteral("HH:mm:ss"));
    case Why:
        return reasonSentence(letter.reason);
    case Line:
        return letter.raw.empty() ? tr("(empty)") : rawText(letter.raw);
    case Place:
        return letter.source.empty() ? QStringLiteral("-") : text(letter.source) + QLatin1Char(':') + QString::number(letter.offset);
    case Detail:
        return letter.detail.empty() ? QStringLiteral("-") : rawText(letter.detail);
    case Advice:
        return reasonAdvice(letter.reason);
    default:
        return QString::number(letter.batch.value);
    }
}

QVariant DeadLetterTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return int((section == Batch ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Why:
        return tr("Reason");
    case Line:
        return tr("Line");
    case Place:
        return tr("Source:offset");
    case Detail:
        return tr("Detail");
    case Advice:
        return tr("What to do");
    default:
        return tr("Batch");
    }
}

QByteArray DeadLetterTable::ndjson() const {
    QByteArray out;
    for (const DeadRow& row : rows()) {
        const DeadLetterRow& letter = row.letter;
        QJsonObject object;
        object[QStringLiteral("time")] = QDateTime::fromMSecsSinceEpoch(letter.time.ns / 1'000'000, Qt::UTC).toString(Qt::ISODateWithMs);
        object[QStringLiteral("batch")] = static_cast<qint64>(letter.batch.value);
        object[QStringLiteral("reason")] = text(reasonText(letter.reason).id);
        object[QStringLiteral("sentence")] = reasonSentence(letter.reason);
        object[QStringLiteral("advice")] = reasonAdvice(letter.reason);
        object[QStringLiteral("detail")] = rawText(letter.detail);
        object[QStringLiteral("source")] = text(letter.source);
        object[QStringLiteral("offset")] = static_cast<qint64>(letter.offset);
        object[QStringLiteral("rejected")] = letter.rejected;
        object[QStringLiteral("line")] = rawText(letter.raw);
        object[QStringLiteral("line_base64")] =
            QString::fromLatin1(QByteArray(letter.raw.data(), static_cast<qsizetype>(letter.raw.size())).toBase64());
        out += QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
    }
    return out;
}

} // namespace sg
