#include "ui/controls/value_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QThread>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::Controls", text); }

/// At most so many decimals, none that are zero.
QString plain(double value, int decimals) {
    QString text = QLocale().toString(value, 'f', decimals);
    const QString point = QLocale().decimalPoint();
    if (text.contains(point)) {
        while (text.endsWith(QLatin1Char('0'))) text.chop(1);
        if (text.endsWith(point)) text.chop(point.size());
    }
    return text;
}

int decimalsFor(double value) { return value >= 100 ? 0 : value >= 10 ? 1 : 2; }

QString durationText(double ms) {
    if (ms < 1000) return plain(ms, 0) + QStringLiteral(" ms");
    const double seconds = ms / 1000;
    if (seconds < 120) return (seconds < 10 ? QLocale().toString(seconds, 'f', 1) : plain(seconds, 1)) + QStringLiteral(" s");
    if (seconds < 7200) return plain(seconds / 60, 1) + QStringLiteral(" min");
    return plain(seconds / 3600, 1) + QStringLiteral(" h");
}

QString ageText(double ms) {
    constexpr double kDay = 86'400'000, kHour = 3'600'000;
    if (ms == 0) return tr("never");
    return std::fmod(ms, kDay) == 0 ? plain(ms / kDay, 0) + QStringLiteral(" d") : plain(ms / kHour, 1) + QStringLiteral(" h");
}

QString bytesText(double bytes) {
    static constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    return plain(bytes, decimalsFor(bytes)) + QLatin1Char(' ') + QLatin1String(units[unit]);
}

struct Suffix {
    const char* name;
    double factor;
};

/// The factor of a unit behind a number; empty when it is not known there.
std::optional<double> factorOf(Look look, const QString& suffix) {
    static constexpr Suffix kCounts[] = {{"", 1}, {"k", 1e3}, {"m", 1e6}, {"mio", 1e6}};
    static constexpr Suffix kDurations[] = {{"ms", 1},       {"", 1000},       {"s", 1000},      {"m", 60'000},
                                            {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    static constexpr Suffix kAges[] = {{"", 86'400'000}, {"d", 86'400'000}, {"h", 3'600'000}, {"w", 604'800'000}};
    static constexpr Suffix kBytes[] = {{"", 1},
                                        {"b", 1},
                                        {"k", 1024.0},
                                        {"kib", 1024.0},
                                        {"kb", 1e3},
                                        {"m", 1048576.0},
                                        {"mib", 1048576.0},
                                        {"mb", 1e6},
                                        {"g", 1073741824.0},
                                        {"gib", 1073741824.0},
                                        {"gb", 1e9},
                                        {"t", 1099511627776.0},
                                        {"tib", 1099511627776.0},
                                        {"tb", 1e12}};
    static constexpr Suffix kShares[] = {{"", 0.01}, {"%", 0.01}};
    static constexpr Suffix kNone[] = {{"", 1}};
    std::span<const Suffix> known = kNone;
    double divided = 1;
    switch (look) {
    case Look::Count:
    case Look::Rate:
        known = kCounts;
        break;
    case Look::Duration:
        known = kDurations;
        break;
    case Look::Seconds:
        known = kDurations;
        divided = 1000;
        break;
    case Look::Millis:
        if (suffix.isEmpty()) return 1;
        known = kDurations;
        break;
    case Look::Age:
        known = kAges;
        break;
    case Look::Bytes:
        known = kBytes;
        break;
    case Look::Share:
        known = kShares;
        break;
    case Look::Decimal:
    case Look::Threads:
        break;
    }
    for (const Suffix& each : known)
        if (suffix == QLatin1String(each.name)) return each.factor / divided;
    return std::nullopt;
}

} // namespace

QString valueText(Look look, double value) {
    switch (look) {
    case Look::Count:
        return plain(value, 0);
    case Look::Rate:
        return value == 0 ? tr("max") : plain(value, value < 10 ? 1 : 0) + QStringLiteral(" /s");
    case Look::Share:
        return plain(value * 100, value != 0 && value < 0.001 ? 3 : value < 0.01 ? 2 : 1) + QStringLiteral(" %");
    case Look::Decimal:
        return QLocale().toString(value, 'f', 2);
    case Look::Seconds:
        return plain(value, decimalsFor(value)) + QStringLiteral(" s");
    case Look::Millis:
        return plain(value, decimalsFor(value)) + QStringLiteral(" ms");
    case Look::Duration:
        return durationText(value);
    case Look::Age:
        return ageText(value);
    case Look::Bytes:
        return bytesText(value);
    case Look::Threads: {
        const int cores = QThread::idealThreadCount();
        return value == 0 ? tr("all %1").arg(cores) : tr("%1 of %2").arg(plain(value, 0)).arg(cores);
    }
    }
    return {};
}

std::optional<double> parseValue(Look look, const QString& typed) {
    QString text = typed.trimmed().toLower();
    if (look == Look::Rate && (text == tr("max") || text == QLatin1String("max"))) return 0;
    if (look == Look::Age && (text == tr("never") || text == QLatin1String("never"))) return 0;
    if (look == Look::Threads) {
        if (text.startsWith(tr("all")) || text.startsWith(QLatin1String("all"))) return 0;
        text = text.section(QLatin1Char(' '), 0, 0);
    }
    if (look == Look::Rate && text.endsWith(QLatin1String("/s"))) text.chop(2);
    qsizetype end = text.size();
    while (end > 0 && !text[end - 1].isDigit()) --end;
    const QString suffix = text.mid(end).trimmed();
    const QString number = text.left(end).trimmed();
    bool right = false;
    double value = QLocale().toDouble(number, &right);
    if (!right) value = QLocale::c().toDouble(number, &right);
    const auto factor = factorOf(look, suffix);
    if (!right || !factor || !std::isfinite(value)) return std::nullopt;
    return value * *factor;
}

double rounded(double value, int significantDigits) {
    if (value == 0 || !std::isfinite(value)) return value;
    const double unit = std::pow(10.0, std::floor(std::log10(std::abs(value))) - significantDigits + 1);
    return unit >= 1 ? std::round(value / unit) * unit : std::round(value / unit) / std::round(1 / unit);
}

} // namespace sg
