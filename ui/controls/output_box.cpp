#include "ui/controls/output_box.h"

#include "core/contract/profile_fields.h"
#include "ui/controls/fold_button.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

namespace sg {
namespace {

QLabel* wrapped(QWidget* parent, const char* role) {
    auto* label = new QLabel(parent);
    label->setProperty("role", QLatin1String(role));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->hide();
    return label;
}

} // namespace

OutputBox::OutputBox(ControlContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_fold(new FoldButton(context.appearance, Appearance::Text::Body, tr("Credentials"), this)),
      m_inside(new QWidget(this)), m_test(new QPushButton(tr("Test connection"), this)), m_answer(wrapped(this, "caption")),
      m_kibanaProblem(wrapped(this, "error")) {
    m_user = addField(m_inside, tr("User"), tr("For Elasticsearch; kept in the system's keyring"), false);
    m_password = addField(m_inside, tr("Password"), tr("Kept in the system's keyring, never in a profile"), true);
    m_apiKey = addField(m_inside, tr("API key"), tr("Instead of user and password"), true);
    m_token = addField(m_inside, tr("Bearer token"), tr("Instead of user and password"), true);
    m_caFile = addField(m_inside, tr("CA file or fingerprint"), tr("A file of certificates to trust, as PEM, or the SHA-256 fingerprint of one; empty = the system's"), false);
    m_keep = new QPushButton(tr("Keep"), m_inside);
    m_forget = new QPushButton(tr("Forget"), m_inside);
    m_forget->setToolTip(tr("Deletes what is stored"));
    m_keep->setToolTip(tr("Hands them to the system's keyring; the fields are empty again"));
    for (QPushButton* button : {m_keep, m_forget}) button->setProperty("role", QStringLiteral("flat"));
    m_test->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_test->setAccessibleName(tr("Test connection"));
    auto* inside = new QVBoxLayout(m_inside);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_keep);
    buttons->addWidget(m_forget);
    buttons->addStretch();
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(context.appearance.scaled(4));
    for (QLineEdit* edit : {m_user, m_password, m_apiKey, m_token, m_caFile}) {
        inside->addWidget(edit);
        connect(edit, &QLineEdit::returnPressed, this, &OutputBox::hand);
        connect(edit, &QLineEdit::textChanged, this, &OutputBox::refresh);
    }
    inside->addLayout(buttons);
    auto* kibana = new QLabel(tr("Kibana"), this);
    m_kibana = addField(this, tr("Kibana address"), tr("Where \"Open Kibana\" leads, such as http://localhost:5601"), false);
    m_kibana->setPlaceholderText(QStringLiteral("http://localhost:5601"));
    kibana->setBuddy(m_kibana);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(context.appearance.scaled(6));
    for (QWidget* each : QVector<QWidget*>{m_test, m_answer, m_fold, m_inside, kibana, m_kibana, m_kibanaProblem}) layout->addWidget(each);
    connect(m_fold, &QAbstractButton::toggled, m_inside, &QWidget::setVisible);
    m_fold->setChecked(false);
    connect(m_keep, &QAbstractButton::clicked, this, &OutputBox::hand);
    connect(m_forget, &QAbstractButton::clicked, this, &OutputBox::credentialsForgotten);
    connect(m_test, &QAbstractButton::clicked, this, [this] {
        m_answer->setText(tr("Asking..."));
        m_answer->show();
        emit testConnectionRequested(QString::fromStdString(m_context.model.wanted().output.url));
    });
    connect(m_kibana, &QLineEdit::editingFinished, this, &OutputBox::enterKibana);
    connect(&context.model, &TuningModel::changed, this, &OutputBox::refresh);
    setCredentialsKept(false);
    refresh();
}

QLineEdit* OutputBox::addField(QWidget* parent, const QString& name, const QString& tip, bool secret) {
    auto* edit = new QLineEdit(parent);
    edit->setPlaceholderText(name);
    edit->setAccessibleName(name);
    edit->setToolTip(tip);
    edit->setMinimumWidth(m_context.appearance.scaled(60));
    if (secret) {
        edit->setEchoMode(QLineEdit::Password);
        edit->setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData | Qt::ImhNoPredictiveText);
    }
    return edit;
}

void OutputBox::refresh() {
    const bool address = !m_context.model.wanted().output.url.empty();
    m_test->setEnabled(address);
    m_test->setToolTip(address ? tr("Looks at Elasticsearch and Kibana, line by line: what was found and what to do. Nothing is written")
                               : tr("No effect now: no Elasticsearch address is set."));
    m_keep->setEnabled(!m_user->text().isEmpty() || !m_password->text().isEmpty() || !m_apiKey->text().isEmpty() ||
                       !m_token->text().isEmpty() || !m_caFile->text().isEmpty());
    m_answer->setVisible(address && !m_answer->text().isEmpty());
}

void OutputBox::resizeEvent(QResizeEvent*) {
    m_test->setText(tr("Test connection"));
    if (m_test->sizeHint().width() > width()) m_test->setText(tr("Test"));
}

void OutputBox::hand() {
    if (!m_keep->isEnabled()) return;
    const QString user = m_user->text(), caFile = m_caFile->text();
    QString password = m_password->text(), apiKey = m_apiKey->text(), token = m_token->text();
    for (QLineEdit* edit : {m_user, m_password, m_apiKey, m_token, m_caFile}) edit->clear();
    emit credentialsEntered(user, password, apiKey, caFile, token);
    for (QString* secret : {&password, &apiKey, &token}) secret->fill(QLatin1Char(' '));
}

void OutputBox::setConnectionAnswer(bool ok, const QString& sentence) {
    m_answer->setProperty("role", ok ? QStringLiteral("caption") : QStringLiteral("error"));
    m_answer->style()->unpolish(m_answer);
    m_answer->style()->polish(m_answer);
    m_answer->setText((ok ? QString(QChar(0x2713)) : QStringLiteral("!")) + QLatin1Char(' ') + sentence);
    m_answer->setVisible(true);
}

void OutputBox::setCredentialsKept(bool kept) {
    m_fold->setSummary(kept ? tr("stored") : tr("none"));
    m_forget->setEnabled(kept);
}

void OutputBox::setKibanaAddress(const QString& address) {
    if (m_kibana->isModified() && m_kibana->hasFocus()) return;
    m_kibana->setText(address);
    m_kibana->setModified(false);
}

void OutputBox::enterKibana() {
    if (!m_kibana->isModified()) return;
    const QString address = m_kibana->text().trimmed();
    const std::string wrong = checkServerUrl(address.toStdString());
    m_kibanaProblem->setText(wrong.empty() ? QString()
                                           : tr("It must be http:// or https://, a host and a port, without a user or password."));
    m_kibanaProblem->setVisible(!wrong.empty());
    if (!wrong.empty()) return;
    m_kibana->setModified(false);
    emit kibanaAddressEntered(address);
}

} // namespace sg
