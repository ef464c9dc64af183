#include "ui/shell/import_row.h"

#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include <algorithm>

namespace sg {
namespace {

constexpr int kSteps = 1000;
constexpr int kRateSeconds = 3;

QString tr(const char* text) { return QCoreApplication::translate("sg::ImportRow", text); }

QString withEstimate(const QString& text, double seconds) {
    return seconds < 0 ? text : tr("%1; about %2 left").arg(text, estimateText(seconds));
}

} // namespace

ImportWords importWords(const Snapshot* snapshot, double processedPerSecond) {
    ImportWords words;
    if (snapshot == nullptr || !snapshot->splitter || snapshot->splitter->import.files == 0) return words;
    const SplitterPart& part = *snapshot->splitter;
    const ImportProgress& import = part.import;
    const auto bytes = [](std::uint64_t count) { return bytesText(static_cast<double>(count)); };
    if (!part.importDone) {
        words.shown = words.canCancel = true;
        words.share = import.share();
        const QString file = QFileInfo(QString::fromStdString(import.file)).fileName();
        const bool checking = !import.paced && import.read == 0 && import.checked < import.bytes;
        QString text = checking ? tr("Looking whether %1 was imported before: %2 of %3").arg(file, bytes(import.checked), bytes(import.bytes))
                                : tr("Importing %1: %2 of %3 read").arg(file, bytes(import.read), bytes(import.bytes));
        if (import.files > 1) text += tr(", %1 of %2 files").arg(countText(import.filesDone), countText(import.files));
        words.text = withEstimate(text, import.secondsLeft);
        if (part.stage.state == StageState::Waiting) words.text = tr("%1; reading waits: %2").arg(text, QString::fromStdString(part.stage.detail));
        return words;
    }
    // Read; now the batches catch up with it.
    const Ledger& ledger = snapshot->ledger;
    const std::uint64_t left = ledger.unsplit + ledger.waiting + ledger.open;
    if (import.lines == 0 || left == 0) return words;
    words.shown = true;
    const std::uint64_t all = std::max(import.lines, left);
    words.share = static_cast<double>(all - left) / static_cast<double>(all);
    words.text = withEstimate(tr("Read to its end; %1 of %2 lines are processed").arg(countText(all - left), countText(all)),
                              processedPerSecond > 0 ? static_cast<double>(left) / processedPerSecond : -1);
    return words;
}

QString cancelledText(const ImportProgress& import) {
    if (!import.cancelled) return {};
    return tr("The import was cancelled with %1 lines of %2 of %3 files read. They stay and are processed; the rest is not counted. Import the "
              "same files again to go on behind them.")
        .arg(countText(import.lines), countText(import.filesDone), countText(import.files));
}

ImportRow::ImportRow(Feed& feed, QWidget* parent) : QFrame(parent), m_feed(feed) {
    setProperty("role", "card");
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Import"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 8, 4);
    row->setSpacing(14);
    m_bar = new QProgressBar(this);
    m_bar->setRange(0, kSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedSize(160, 6);
    m_bar->setAccessibleName(tr("Share of the import"));
    m_text = new QLabel(this);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_cancel = new QPushButton(tr("Cancel the import"), this);
    m_cancel->setToolTip(tr("What was read stays and is processed; the rest is not counted, and can be imported later."));
    row->addWidget(m_bar);
    row->addWidget(m_text, 1);
    row->addWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        m_feed.session().cancelImports();
    });
    connect(&feed, &Feed::frame, this, &ImportRow::refresh);
    connect(&feed.session(), &Session::stateChanged, this, [this](Session::State state) {
        if (state == Session::State::Starting) m_told = false;
        refresh();
    });
    setVisible(false);
}

void ImportRow::refresh() {
    const auto snapshot = m_feed.shown();
    const bool runs = m_feed.session().state() == Session::State::Running || m_feed.session().state() == Session::State::Finishing;
    ImportWords words = importWords(snapshot.get(), m_feed.history().recentRate(Flow::Processed, kRateSeconds));
    words.shown = words.shown && runs;
    m_bar->setValue(static_cast<int>(words.share * kSteps));
    m_text->setText(words.text);
    m_text->setToolTip(words.text.toHtmlEscaped());
    setAccessibleDescription(words.text);
    if (m_cancel->isVisibleTo(this) != words.canCancel) m_cancel->setVisible(words.canCancel);
    if (!words.canCancel) m_cancel->setEnabled(true);
    if (isVisibleTo(parentWidget()) != words.shown) setVisible(words.shown);
    if (snapshot && snapshot->splitter && snapshot->splitter->import.cancelled && !m_told && runs) {
        m_told = true;
        emit cancelled(cancelledText(snapshot->splitter->import));
    }
}

} // namespace sg
