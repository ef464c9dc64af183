#include "ui/controls/text_control.h"

#include "core/contract/profile_fields.h"
#include "ui/controls/control_header.h"

#include <QCoreApplication>
#include <QLineEdit>
#include <QUrl>
#include <QRegularExpression>
#include <QVBoxLayout>

#include <arpa/inet.h>
#include <array>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::Controls", text); }

/// A password may stand in it: neither said nor kept on the screen.
bool mayHoldSecret(const QString& text) { return text.contains(QLatin1Char('@')); }

bool isRange(const QString& text) {
    const qsizetype slash = text.indexOf(QLatin1Char('/'));
    const QByteArray address = text.left(slash).toLatin1();
    const bool six = address.contains(':');
    std::array<unsigned char, 16> bytes{};
    if (::inet_pton(six ? AF_INET6 : AF_INET, address.constData(), bytes.data()) != 1) return false;
    if (slash < 0) return true;
    static const QRegularExpression digits(QStringLiteral("^[0-9]{1,3}$"));
    const QString prefix = text.mid(slash + 1);
    return digits.match(prefix).hasMatch() && prefix.toInt() <= (six ? 128 : 32);
}

} // namespace

QString checkAddressRanges(const QString& text, std::vector<Weight>& ranges) {
    ranges.clear();
    static const QRegularExpression weighted(QStringLiteral("^(\\S+)(?:\\s+x\\s*([0-9.]+))?$"));
    const QStringList parts = text.split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString& part : parts) {
        const QString trimmed = part.trimmed();
        if (trimmed.isEmpty()) continue;
        const auto match = weighted.match(trimmed);
        bool right = match.hasMatch() && isRange(match.captured(1));
        double weight = 1;
        if (right && match.hasCaptured(2)) weight = match.captured(2).toDouble(&right);
        if (!right || !(weight > 0))
            return tr("\"%1\" is no address range; write 10.0.0.0/8 or 2001:db8::/32, with commas between.").arg(trimmed.left(20));
        ranges.push_back({match.captured(1).toStdString(), weight});
    }
    return {};
}

QString addressRangesText(const std::vector<Weight>& ranges) {
    QStringList parts;
    for (const Weight& range : ranges) {
        QString part = QString::fromStdString(range.name);
        if (range.weight != 1) part += QStringLiteral(" x") + QString::number(range.weight, 'g', 6);
        parts << part;
    }
    return parts.join(QStringLiteral(", "));
}

bool takeLogin(QString& address, QString& user, QString& password) {
    const auto scheme = address.indexOf(QStringLiteral("://"));
    const auto begin = scheme < 0 ? 0 : scheme + 3, at = address.lastIndexOf(QLatin1Char('@')); // a password may hold an @ itself
    if (at < begin) return false;
    const QString login = address.mid(begin, at - begin);
    const auto decoded = [](const QString& text) { return QUrl::fromPercentEncoding(text.toUtf8()); };
    user = decoded(login.section(QLatin1Char(':'), 0, 0));
    password = decoded(login.section(QLatin1Char(':'), 1));
    address.remove(begin, at + 1 - begin);
    return true;
}

TextControl::TextControl(ControlContext context, const ControlRow& row, QWidget* parent)
    : TuningControl(context, row, parent), m_edit(new QLineEdit(this)) {
    if (!row.names.empty()) m_edit->setPlaceholderText(QCoreApplication::translate("sg::Controls", row.names.front()));
    m_edit->setMinimumWidth(appearance().scaled(60));
    body()->addWidget(m_edit);
    connect(m_edit, &QLineEdit::textEdited, this, [this](const QString& text) { setProblem(check(text)); });
    connect(m_edit, &QLineEdit::editingFinished, this, &TextControl::enter);
    finish({m_edit});
}

QString TextControl::shownValue() const { return m_shown; }

QString TextControl::check(const QString& text) const {
    if (row().editor == Editor::Ranges) {
        std::vector<Weight> ranges;
        return checkAddressRanges(text, ranges);
    }
    QString address = text.trimmed(), user, password;
    if (row().key == std::string_view("url")) static_cast<void>(takeLogin(address, user, password)); // it is taken out on Enter
    const std::string wrong = std::get<TextField>(field().value).check(address.toStdString());
    return wrong.empty() ? QString() : tr("It %1.").arg(QString::fromStdString(wrong));
}

void TextControl::enter() {
    if (!m_edit->isModified()) return;
    QString text = m_edit->text().trimmed(), user, password;
    if (row().key == std::string_view("url") && takeLogin(text, user, password)) {
        m_edit->setText(text);
        m_edit->setModified(true);
        emit loginEntered(user, password);
        password.fill(QLatin1Char(' '));
    }
    setProblem(check(text));
    if (!problem().isEmpty()) {
        if (mayHoldSecret(text) && row().editor == Editor::Text) {
            m_edit->setText(m_shown);
            m_edit->setModified(false);
        }
        return;
    }
    m_edit->setModified(false);
    commit(text.isEmpty() ? tr("none") : text, [&](Tuning& wanted) {
        if (row().editor == Editor::Ranges) {
            static_cast<void>(checkAddressRanges(text, std::get<WeightsField>(field().value).of(wanted)));
        } else {
            std::get<TextField>(field().value).of(wanted) = text.toStdString();
        }
    });
}

void TextControl::present(Tuning& wanted) {
    m_shown = row().editor == Editor::Ranges ? addressRangesText(std::get<WeightsField>(field().value).of(wanted))
                                             : QString::fromStdString(std::get<TextField>(field().value).of(wanted));
    if (m_edit->isModified() && (m_edit->hasFocus() || !problem().isEmpty())) return;
    if (m_edit->text() != m_shown) {
        m_edit->setText(m_shown);
        if (!m_edit->hasFocus()) m_edit->setCursorPosition(0); // a long one is shown from its beginning
    }
    m_edit->setModified(false);
}

void TextControl::discard() { m_edit->setModified(false); }

} // namespace sg
