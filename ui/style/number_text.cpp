#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

QString significant(double value, int digits) {
    const double size = std::abs(value);
    int decimals = digits - 1;
    for (double limit = 10; decimals > 0 && size >= limit; limit *= 10) --decimals;
    return QLocale().toString(value, 'f', decimals);
}

QString tr(const char* text) { return QCoreApplication::translate("sg::Numbers", text); }

} // namespace

QString countText(std::uint64_t count) { return QLocale().toString(static_cast<qulonglong>(count)); }

QString rateText(double perSecond, const QString& unit) {
    const QString number = perSecond == 0    ? QLocale().toString(0)
                           : perSecond < 100 ? significant(perSecond, 3)
                                             : QLocale().toString(std::round(perSecond), 'f', 0);
    return unit.isEmpty() ? number + QStringLiteral(" /s") : number + QLatin1Char(' ') + unit + QStringLiteral("/s");
}

QString bytesText(double bytes) {
    static const char* const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    std::size_t unit = 0;
    while (std::abs(bytes) >= 1000 && unit + 1 < std::size(units)) {
        bytes /= 1000;
        ++unit;
    }
    return (unit == 0 ? QLocale().toString(bytes, 'f', 0) : significant(bytes, 3)) + QLatin1Char(' ') + QLatin1String(units[unit]);
}

QString shareText(double share) { return QLocale().toString(share * 100, 'f', 2) + QStringLiteral(" %"); }

QString durationText(double seconds) {
    if (seconds < 0 || !std::isfinite(seconds)) return QStringLiteral("-");
    if (seconds < 0.0995) return significant(seconds * 1000, 2) + QStringLiteral(" ms");
    if (seconds < 90) return significant(seconds, 3) + QStringLiteral(" s");
    if (seconds < 90 * 60) return QLocale().toString(std::round(seconds / 60), 'f', 0) + QStringLiteral(" min");
    if (seconds < 48 * 3600) return significant(seconds / 3600, 2) + QStringLiteral(" h");
    return QLocale().toString(std::round(seconds / 86400), 'f', 0) + QLatin1Char(' ') + tr("days");
}

QString estimateText(double seconds) {
    return seconds < 90 ? QLocale().toString(std::max(1.0, std::ceil(seconds)), 'f', 0) + QStringLiteral(" s") : durationText(seconds);
}

QString millisecondsText(double ms) {
    if (ms < 0 || !std::isfinite(ms)) return QStringLiteral("-");
    if (ms < 999.5) return significant(ms, ms < 10 ? 2 : 3) + QStringLiteral(" ms");
    return significant(ms / 1000, 3) + QStringLiteral(" s");
}

QString changeText(double now, double before) {
    if (!(before > 0) || !std::isfinite(now)) return {};
    const double change = (now - before) / before * 100;
    const QString sign = change < -0.05 ? QString(QChar(0x2212)) : QStringLiteral("+");
    if (std::abs(change) >= 1000) return sign + QStringLiteral(">1000 %");
    return sign + QLocale().toString(std::abs(change), 'f', 1) + QStringLiteral(" %");
}

QString clockText(qint64 ms, bool withSeconds) {
    return QDateTime::fromMSecsSinceEpoch(ms).toString(withSeconds ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
}

QString rawText(const std::string& bytes) {
    const QString decoded = QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
    const bool plain = !decoded.contains(QChar::ReplacementCharacter);
    QString out;
    out.reserve(static_cast<qsizetype>(bytes.size()));
    const auto hex = [&out](unsigned char byte) {
        out += QStringLiteral("\\x") + QString::number(byte, 16).toUpper().rightJustified(2, QLatin1Char('0'));
    };
    if (plain) {
        for (const QChar c : decoded) {
            if (c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0)) hex(static_cast<unsigned char>(c.unicode()));
            else out += c;
        }
    } else {
        for (const char c : bytes) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte < 0x20 || byte >= 0x7f) hex(byte);
            else out += QLatin1Char(c);
        }
    }
    return out;
}

} // namespace sg
