#include "ui/export/export_request.h"

#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::Export", text); }

} // namespace

QByteArray ledgerJson(const Ledger& l) {
    // Written by hand in the order of the report's: QJsonObject sorts its keys and makes doubles of large counts.
    QByteArray out = "{";
    const auto number = [&out](const char* key, std::uint64_t value) {
        if (out.size() > 1) out += ',';
        out += QByteArray("\"") + key + "\":" + QByteArray::number(static_cast<qulonglong>(value));
    };
    number("lines", l.lines);
    number("split", l.split);
    number("unsplit", l.unsplit);
    number("opening", l.opening);
    number("processed", l.committed);
    number("parsed", l.parsed);
    number("indexed", l.indexed());
    number("created", l.created);
    number("duplicate", l.duplicate);
    number("dead", l.dead());
    number("resolved", l.resolved());
    number("rejected", l.rejected);
    number("skipped", l.skipped);
    number("lost", l.lost);
    number("abandoned", l.abandoned);
    number("not_requested", l.notRequested);
    number("late", l.late);
    number("waiting", l.waiting);
    number("open", l.open);
    number("undelivered", l.undelivered);
    number("sent", l.sent);
    number("in_flight", l.inFlight());
    out += QByteArray(",\"balanced\":") + (l.balanced() ? "true" : "false");
    QJsonArray differences;
    for (const std::string& difference : l.differences()) differences.append(QString::fromStdString(difference));
    out += ",\"differences\":" + QJsonDocument(differences).toJson(QJsonDocument::Compact);
    QByteArray reasons;
    for (std::size_t reason = 0; reason < kReasonCount; ++reason) {
        if (l.deadByReason[reason] == 0) continue;
        const auto id = reasonText(static_cast<Reason>(reason)).id;
        if (!reasons.isEmpty()) reasons += ',';
        reasons += '"' + QByteArray(id.data(), static_cast<qsizetype>(id.size())) +
                   "\":" + QByteArray::number(static_cast<qulonglong>(l.deadByReason[reason]));
    }
    out += ",\"dead_by_reason\":{" + reasons + "}}\n";
    return out;
}

QString rangeText(qint64 fromMs, qint64 toMs) {
    if (toMs <= fromMs) return tr("no time range: nothing has been counted yet");
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(fromMs), to = QDateTime::fromMSecsSinceEpoch(toMs);
    const int offset = to.offsetFromUtc() / 60;
    QString zone = QStringLiteral("UTC");
    if (offset != 0)
        zone += QStringLiteral("%1%2:%3")
                    .arg(offset < 0 ? QChar(0x2212) : QLatin1Char('+'))
                    .arg(std::abs(offset) / 60, 2, 10, QLatin1Char('0'))
                    .arg(std::abs(offset) % 60, 2, 10, QLatin1Char('0'));
    const bool sameDay = from.date() == to.date();
    return tr("%1 to %2 %3 (%4)")
        .arg(from.toString(QStringLiteral("d MMM yyyy, HH:mm:ss")),
             to.toString(sameDay ? QStringLiteral("HH:mm:ss") : QStringLiteral("d MMM yyyy, HH:mm:ss")), zone,
             durationText(static_cast<double>(toMs - fromMs) / 1000));
}

} // namespace sg
