#include "ui/shell/open_log_dialog.h"

#include "ui/style/number_text.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QFutureWatcher>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QStyle>
#include <QtConcurrentRun>

namespace sg {
namespace {

const QString kBetween = QStringLiteral("; ");

} // namespace

OpenLogDialog::OpenLogDialog(const QStringList& paths, Mode mode, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Open a log"));
    setMinimumWidth(560);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(18, 16, 18, 14);
    form->setSpacing(10);
    auto* place = new QWidget(this);
    auto* row = new QHBoxLayout(place);
    row->setContentsMargins(0, 0, 0, 0);
    m_paths = new QLineEdit(paths.join(kBetween), place);
    m_paths->setPlaceholderText(tr("/var/log/nginx/access.log*; several are separated by a semicolon"));
    m_paths->setAccessibleName(tr("Files, folders or patterns"));
    auto* choose = new QPushButton(tr("Choose…"), place);
    row->addWidget(m_paths, 1);
    row->addWidget(choose);
    form->addRow(tr("Files"), place);

    m_follow = new QRadioButton(tr("Follow: what is there, and every line to come"), this);
    m_import = new QRadioButton(tr("Import: what is there, once; files and folders are never changed"), this);
    (mode == Mode::Follow ? m_follow : m_import)->setChecked(true);
    form->addRow(tr("How"), m_follow);
    form->addRow(QString(), m_import);

    m_format = new QComboBox(this);
    m_format->addItem(tr("Recognise it for each source"), QStringLiteral("auto"));
    m_format->setAccessibleName(tr("Format"));
    form->addRow(tr("Format"), m_format);
    m_verdict = new QLabel(this);
    m_verdict->setWordWrap(true);
    m_verdict->setProperty("role", "caption");
    form->addRow(QString(), m_verdict);

    m_pace = new QComboBox(this);
    m_pace->addItem(tr("As fast as possible"), 0.0);
    m_pace->addItem(tr("At its own pace"), 1.0);
    m_pace->addItem(tr("Ten times its pace"), 10.0);
    m_pace->addItem(tr("A hundred times its pace"), 100.0);
    m_pace->setAccessibleName(tr("Pace"));
    form->addRow(tr("Pace"), m_pace);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel, this);
    QPushButton* open = buttons->button(QDialogButtonBox::Open);
    open->setProperty("role", "primary");
    open->style()->unpolish(open);
    open->style()->polish(open);
    form->addRow(buttons);
    const auto ready = [this, buttons] {
        buttons->button(QDialogButtonBox::Open)->setEnabled(!this->paths().isEmpty());
        m_pace->setEnabled(m_import->isChecked());
    };
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_import, &QRadioButton::toggled, this, ready);
    connect(m_paths, &QLineEdit::textChanged, this, ready);
    connect(m_paths, &QLineEdit::editingFinished, this, &OpenLogDialog::recognise);
    connect(choose, &QPushButton::clicked, this, [this] {
        const QStringList chosen = QFileDialog::getOpenFileNames(this, tr("Log files"));
        if (chosen.isEmpty()) return;
        m_paths->setText(chosen.join(kBetween));
        recognise();
    });
    ready();
    recognise();
}

QStringList OpenLogDialog::paths() const {
    QStringList paths;
    for (const QString& path : m_paths->text().split(QLatin1Char(';')))
        if (!path.trimmed().isEmpty()) paths << path.trimmed();
    return paths;
}

OpenLogDialog::Mode OpenLogDialog::mode() const { return m_follow->isChecked() ? Mode::Follow : Mode::Import; }
QString OpenLogDialog::format() const { return m_format->currentData().toString(); }
double OpenLogDialog::pace() const { return mode() == Mode::Import ? m_pace->currentData().toDouble() : 0; }

void OpenLogDialog::recognise() {
    const QString path = paths().value(0);
    if (path.isEmpty() || path.contains(QLatin1Char('*'))) {
        m_verdict->setText(path.isEmpty() ? QString() : tr("The format is recognised when the files of the pattern are read."));
        return;
    }
    using Shared = std::shared_ptr<const Result<RecognisedLog>>;
    auto* watcher = new QFutureWatcher<Shared>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, path] {
        watcher->deleteLater();
        take(path, watcher->result());
    });
    watcher->setFuture(QtConcurrent::run(
        [name = path.toStdString()]() -> Shared { return std::make_shared<const Result<RecognisedLog>>(recogniseLog(name)); }));
}

void OpenLogDialog::take(const QString& path, const std::shared_ptr<const Result<RecognisedLog>>& result) {
    if (path != paths().value(0)) return; // another one was entered meanwhile
    const QString chosen = m_format->currentData().toString();
    while (m_format->count() > 1) m_format->removeItem(1);
    if (!*result) {
        m_verdict->setText(QString::fromStdString(result->error().message));
    } else if ((*result)->candidates.empty()) {
        m_verdict->setText((*result)->lines == 0 ? tr("There is no line in it yet.")
                                                 : tr("None of the known formats reads its first %1 lines; they would become dead letters.")
                                                       .arg(countText((*result)->lines)));
    } else {
        const RecognisedLog& log = **result;
        for (const FormatCandidate& candidate : log.candidates)
            m_format->addItem(tr("%1 (reads %2)").arg(QString::fromStdString(candidate.name), shareText(candidate.share)),
                              QString::fromStdString(candidate.name));
        m_verdict->setText(
            tr("Recognised as %1: it reads %2 of the first %3 lines.")
                .arg(QString::fromStdString(log.candidates.front().name), shareText(log.candidates.front().share), countText(log.lines)));
        const int again = m_format->findData(chosen);
        m_format->setCurrentIndex(std::max(0, again));
    }
    emit recognised();
}

} // namespace sg
