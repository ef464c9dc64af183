#include "ui/shell/bar.h"

#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QStyle>

namespace sg {
namespace {

constexpr qint64 kSpans[] = {60, 300, 900, 3600, 6 * 3600, 24 * 3600};
constexpr int kNarrow = 1400;

QString spanText(qint64 seconds) {
    if (seconds < 120) return QCoreApplication::translate("sg::Bar", "%1 s").arg(seconds);
    if (seconds < 7200) return QCoreApplication::translate("sg::Bar", "%1 min").arg(seconds / 60);
    return QCoreApplication::translate("sg::Bar", "%1 h").arg(seconds / 3600);
}

} // namespace

QString rangeLabelText(const TimeRange& range) {
    if (range.isLive()) return QCoreApplication::translate("sg::Bar", "Last %1").arg(spanText(range.spanSeconds()));
    if (range.isEverything()) return QCoreApplication::translate("sg::Bar", "All of it");
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(range.fromMs()), to = QDateTime::fromMSecsSinceEpoch(range.toMs());
    const bool day = from.date() == to.date();
    const QString form = day ? QStringLiteral("HH:mm:ss") : QStringLiteral("d MMM HH:mm");
    return QCoreApplication::translate("sg::Bar", "%1 to %2").arg(from.toString(form), to.toString(form));
}

Bar::Bar(Feed& feed, Appearance& appearance, QWidget* parent) : QWidget(parent), m_feed(feed), m_appearance(appearance) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 8, 14, 8);
    row->setSpacing(8);
    m_brand = new QLabel(QStringLiteral("Streamgauge"), this);
    m_brand->setProperty("role", "brand");
    m_subtitle = new QLabel(tr("real-time web traffic analytics"), this);
    m_subtitle->setProperty("role", "caption");
    row->addWidget(m_brand);
    row->addWidget(m_subtitle);
    row->addStretch(1);
    const auto button = [&](const QString& text, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setToolTip(tip);
        made->setAccessibleName(text);
        row->addWidget(made);
        return made;
    };
    const auto menu = [this](QPushButton* owner) {
        auto* made = new QMenu(owner);
        owner->setMenu(made);
        return made;
    };
    m_source = button(tr("Source"), tr("Where the lines come from"));
    m_sourceMenu = menu(m_source);
    m_scenario = button(tr("Scenario"), tr("A prepared demonstration: one click, timed steps"));
    m_scenarioMenu = menu(m_scenario);
    m_range = button(QString(), tr("The span of time that all charts show (drag on a chart, wheel; 0 resets)"));
    m_rangeMenu = menu(m_range);
    m_pause = button(tr("Pause"), tr("Freeze the picture, not the pipeline (Space)"));
    m_export = button(tr("Export"), tr("Pictures, tables and a report of what is on the screen"));
    m_exportMenu = menu(m_export);
    m_kibana = button(tr("Open Kibana"), tr("Open Kibana in the browser at this time range"));
    m_present = button(tr("Present"), tr("Full screen, large type, no controls (F11)"));
    m_start = button(tr("Start"), tr("Start or stop the pipeline; a second stop ends at once"));
    m_more = button(QStringLiteral("⋯"), tr("Profiles, layout, shortcuts"));
    m_more->setAccessibleName(tr("More"));
    m_moreMenu = menu(m_more);
    connect(m_pause, &QPushButton::clicked, this, &Bar::pauseToggled);
    connect(m_kibana, &QPushButton::clicked, this, &Bar::kibanaClicked);
    connect(m_present, &QPushButton::clicked, this, &Bar::presentClicked);
    connect(m_start, &QPushButton::clicked, this, &Bar::startStopClicked);
    // What a narrow window has no room for is in here.
    m_kibanaAction = m_moreMenu->addAction(tr("Open Kibana"), this, &Bar::kibanaClicked);
    m_presentAction = m_moreMenu->addAction(tr("Present"), this, &Bar::presentClicked);
    m_moreMenu->addMenu(m_exportMenu)->setText(tr("Export"));
    m_moved = m_moreMenu->addSeparator();
    fillRanges();
    connect(&appearance, &Appearance::changed, this, &Bar::fit, Qt::QueuedConnection);
    connect(&feed, &Feed::pausedChanged, this, &Bar::refresh);
    connect(&feed, &Feed::lagged, this, &Bar::refresh);
    connect(&feed.range(), &TimeRange::changed, this, &Bar::refresh);
    connect(&feed.range(), &TimeRange::advanced, this, [this] {
        if (m_feed.range().isEverything()) refresh();
    });
    connect(&feed.session(), &Session::stateChanged, this, &Bar::refresh);
    refresh();
}

void Bar::fillRanges() {
    for (const qint64 span : kSpans)
        m_rangeMenu->addAction(tr("Last %1").arg(spanText(span)), this, [this, span] { m_feed.range().setLive(span); });
    m_rangeMenu->addSeparator();
    m_rangeMenu->addAction(tr("All of it"), this, [this] { m_feed.range().setEverything(); });
}

void Bar::setScenario(const QString& title) {
    m_scenario->setText(title.isEmpty() ? tr("Scenario") : title);
    m_scenario->setAccessibleName(title.isEmpty() ? tr("Scenario") : tr("Scenario: %1").arg(title));
}

void Bar::refresh() {
    m_range->setText(rangeLabelText(m_feed.range()));
    m_range->setAccessibleName(tr("Time range: %1").arg(m_range->text()));
    m_pause->setText(m_feed.isPaused() ? tr("%1 behind, catch up").arg(durationText(static_cast<double>(m_feed.behindMs() / 1000)))
                                       : tr("Pause"));
    m_pause->setAccessibleName(m_pause->text());
    const PipelineOptions& options = m_feed.session().options();
    const auto& paths = options.import.empty() ? options.follow : options.import;
    QString source = options.generate ? tr("Generated") : options.import.empty() ? tr("Following") : tr("Import");
    if (!options.generate && !paths.empty()) source = QFileInfo(QString::fromStdString(paths.front())).fileName().left(18);
    m_source->setText(source);
    m_source->setAccessibleName(tr("Source: %1").arg(source));
    switch (m_feed.session().state()) {
    case Session::State::Stopped:
        m_start->setText(tr("Start"));
        m_start->setProperty("role", "primary");
        break;
    case Session::State::Starting:
        m_start->setText(tr("Starting"));
        m_start->setProperty("role", QVariant());
        break;
    case Session::State::Running:
        m_start->setText(tr("Stop"));
        m_start->setProperty("role", QVariant());
        break;
    case Session::State::Finishing:
        m_start->setText(tr("End now"));
        m_start->setProperty("role", QVariant());
        break;
    }
    m_start->setAccessibleName(m_start->text());
    m_start->style()->unpolish(m_start);
    m_start->style()->polish(m_start);
}

void Bar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit();
}

QSize Bar::minimumSizeHint() const { return {200, QWidget::minimumSizeHint().height()}; }

/// Hides what is least missed until the rest fits whole; the menu at the end has what was a button.
void Bar::fit() {
    m_more->setFixedWidth(m_more->fontMetrics().horizontalAdvance(m_more->text()) + 32);
    QWidget* const lessNeeded[] = {m_subtitle, m_kibana, m_present, m_export, m_brand};
    for (QWidget* each : lessNeeded) each->setVisible(true);
    m_subtitle->setVisible(width() >= m_appearance.scaled(kNarrow));
    for (QWidget* each : lessNeeded) {
        layout()->invalidate();
        if (layout()->minimumSize().width() <= width()) break;
        each->setVisible(false);
    }
    m_kibanaAction->setVisible(m_kibana->isHidden());
    m_presentAction->setVisible(m_present->isHidden());
    m_exportMenu->menuAction()->setVisible(m_export->isHidden());
    m_moved->setVisible(m_kibana->isHidden());
}

} // namespace sg
