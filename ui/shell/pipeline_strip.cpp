#include "ui/shell/pipeline_strip.h"

#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace sg {
namespace {

constexpr int kSparkSeconds = 60;
constexpr int kRateSeconds = 3;

QString tr(const char* text) { return QCoreApplication::translate("sg::PipelineStrip", text); }

/// "12,000 lines wait", and how long they will: "about 40 s to clear", or that they become more.
void sayBacklog(StageCard::Content& card, const QString& backlogText, double backlog, double drainRate, double inputRate) {
    const double net = drainRate - inputRate;
    card.detail = backlogText;
    if (backlog <= 0) return;
    if (net <= 0.01 * std::max(1.0, inputRate)) {
        card.detail += tr(" · growing");
        card.brief = backlogText;
        return;
    }
    const QString clear = durationText(backlog / net);
    card.detail += tr(" · about %1 to clear").arg(clear);
    card.brief = tr("%1 to clear").arg(clear);
}

/// A sentence of the stage's own, which has no short form.
void say(StageCard::Content& card, const std::string& sentence) {
    card.detail = QString::fromStdString(sentence);
    card.brief.clear();
}

StageState shownState(StageState state, Session::State session) {
    if (session == Session::State::Stopped && state != StageState::Failed && state != StageState::Off) return StageState::Stopped;
    return state;
}

const Problem* openError(const StageStatus& stage) {
    for (const Problem& problem : stage.problems)
        if (!problem.resolved && problem.severity == Severity::Error) return &problem;
    for (const Problem& problem : stage.problems)
        if (!problem.resolved && problem.severity == Severity::Warning) return &problem;
    return nullptr;
}

} // namespace

std::array<StageCard::Content, kStripStages> stripContent(const Snapshot* snapshot, const History& history, const Tuning& tuning,
                                                          const PipelineOptions& options, Session::State state) {
    std::array<StageCard::Content, kStripStages> cards;
    auto& [generator, log, splitter, batch, output] = cards;
    const qint64 now = snapshot != nullptr ? snapshot->taken.ns / 1'000'000 : 0;
    const auto spark = [&](Flow flow) { return history.points(flow, now - kSparkSeconds * 1000, now, kSparkSeconds); };
    const double processed = history.recentRate(Flow::Processed, kRateSeconds);
    const double indexed = history.recentRate(Flow::Indexed, kRateSeconds);

    // Generator, or where the lines come from.
    if (!options.generate) {
        generator.state = StageState::Off;
        generator.figure = options.import.empty() ? tr("Followed") : tr("Imported");
        generator.detail = tr("the lines come from real logs");
        generator.brief = tr("from real logs");
    } else if (snapshot != nullptr && snapshot->generator) {
        const GeneratorPart& part = *snapshot->generator;
        generator.state = shownState(part.stage.state, state);
        if (generator.state == StageState::Running && !tuning.traffic.on) generator.state = StageState::Paused;
        generator.figure = rateText(history.recentRate(Flow::Generated, kRateSeconds));
        generator.detail = generator.state == StageState::Failed ? QString::fromStdString(part.stage.detail)
                           : !tuning.traffic.on                  ? tr("traffic is switched off")
                           : part.targetRate > 0                 ? tr("target %1").arg(rateText(part.targetRate))
                                                                 : tr("as fast as possible");
        if (generator.state != StageState::Failed)
            generator.brief = !tuning.traffic.on    ? tr("switched off")
                              : part.targetRate > 0 ? tr("of %1").arg(rateText(part.targetRate))
                                                    : tr("no limit");
        generator.spark = spark(Flow::Generated);
    }

    if (snapshot != nullptr && snapshot->generator) {
        const GeneratorPart& part = *snapshot->generator;
        log.state = shownState(part.stage.state == StageState::Failed ? StageState::Waiting : part.stage.state, state);
        log.figure = bytesText(static_cast<double>(part.logSize));
        log.detail = tr("rotates at %1").arg(bytesText(static_cast<double>(tuning.log.rotateBytes)));
        log.brief = tr("of %1").arg(bytesText(static_cast<double>(tuning.log.rotateBytes)));
        log.spark = spark(Flow::LogBytes);
    } else if (snapshot != nullptr && snapshot->splitter) {
        const SplitterPart& part = *snapshot->splitter;
        log.state = shownState(part.sources > 0 ? StageState::Running : StageState::Waiting, state);
        log.figure = part.sources == 1 ? tr("1 file") : tr("%1 files").arg(countText(part.sources));
        const auto& paths = options.import.empty() ? options.follow : options.import;
        log.detail = paths.empty() ? QString()
                                   : QFileInfo(QString::fromStdString(paths.front())).fileName() +
                                         (paths.size() > 1 ? QStringLiteral(" …") : QString());
        if (part.sources == 0) log.detail = tr("waiting for %1").arg(log.detail);
        log.spark = spark(Flow::Chunks);
    }

    if (snapshot != nullptr && snapshot->splitter) {
        const SplitterPart& part = *snapshot->splitter;
        splitter.state = shownState(part.stage.state, state);
        splitter.figure = rateText(history.recentRate(Flow::Chunks, kRateSeconds), tr("chunks"));
        const std::uint64_t waiting = snapshot->ledger.unsplit + snapshot->ledger.waiting;
        const ImportProgress& import = part.import;
        if (import.files > 0 && !part.importDone) {
            const QString read = bytesText(static_cast<double>(import.read)), all = bytesText(static_cast<double>(import.bytes));
            splitter.detail = tr("%1 of %2 read").arg(read, all);
            if (import.secondsLeft > 0) splitter.detail += tr(" · about %1 left").arg(estimateText(import.secondsLeft));
            splitter.brief = tr("%1 of %2").arg(read, all);
        } else if (import.cancelled) {
            splitter.detail = tr("the import was cancelled");
            splitter.brief = tr("cancelled");
        } else if (part.importDone && !options.import.empty()) {
            splitter.detail = tr("the import is split to its end");
            splitter.brief = tr("all is split");
        } else {
            splitter.detail = tr("%1 lines waiting").arg(countText(waiting));
            splitter.brief = tr("%1 waiting").arg(countText(waiting));
        }
        if (const Problem* problem = openError(part.stage)) say(splitter, problem->sentence);
        if (splitter.state == StageState::Failed) say(splitter, part.stage.detail);
        splitter.spark = spark(Flow::Chunks);
    }

    if (snapshot != nullptr && snapshot->batch) {
        const BatchPart& part = *snapshot->batch;
        batch.state = shownState(part.stage.state, state);
        batch.figure = rateText(processed);
        const double interval = static_cast<double>(part.interval.count()) / 1000;
        if (part.batches > 0) {
            const QString took = durationText(part.current.triggerMs / 1000);
            batch.detail = tr("batch %1 took %2 of %3").arg(countText(part.batches), took, durationText(interval));
            batch.brief = tr("%1 of %2").arg(took, durationText(interval));
        } else {
            batch.detail = tr("waits for the first lines");
            batch.brief = tr("waits for lines");
        }
        if (batch.state == StageState::Behind) {
            // An import comes to an end by itself; what comes from followed logs is what the splitter reads.
            const double input = snapshot->generator                             ? history.recentRate(Flow::Generated, kRateSeconds)
                                 : snapshot->splitter && options.import.empty() ? snapshot->splitter->stage.rate
                                                                                 : 0;
            sayBacklog(batch, tr("%1 lines wait").arg(countText(snapshot->ledger.waiting)), static_cast<double>(snapshot->ledger.waiting),
                       part.current.processedRowsPerSecond, input);
        }
        if (const Problem* problem = openError(part.stage)) say(batch, problem->sentence);
        if (batch.state == StageState::Failed) say(batch, part.stage.detail);
        batch.spark = spark(Flow::Processed);
    }

    if (snapshot != nullptr && snapshot->output) {
        const OutputPart& part = *snapshot->output;
        output.state = shownState(part.stage.state, state);
        if (tuning.output.url.empty() || !tuning.output.on) {
            output.state = StageState::Off;
            output.figure = tr("Off");
            output.detail = tr("results stay here; set an address in Output");
            output.brief = tr("set an address");
        } else {
            output.figure = rateText(indexed, tr("docs"));
            const QString product = QString::fromStdString(part.product);
            const bool waits = part.undelivered > 0 && (output.state == StageState::Behind || part.batchesWaiting > 2);
            output.detail = output.brief = tr("%1 queued").arg(countText(part.undelivered));
            if (!product.isEmpty()) output.detail += QStringLiteral(" · ") + product;
            if (waits)
                sayBacklog(output, tr("%1 documents wait").arg(countText(part.undelivered)), static_cast<double>(part.undelivered), indexed,
                           processed);
            if (const Problem* problem = openError(part.stage)) {
                say(output, problem->sentence);
                if (part.batchesWaiting > 0) {
                    output.detail = tr("%1 batches wait on disk").arg(countText(part.batchesWaiting));
                    output.brief = tr("%1 batches wait").arg(countText(part.batchesWaiting));
                    const double bytesPerLine =
                        snapshot->generator && snapshot->generator->lines > 0
                            ? static_cast<double>(snapshot->generator->bytes) / static_cast<double>(snapshot->generator->lines)
                            : 230;
                    const double room = static_cast<double>(tuning.split.queueBytes) - static_cast<double>(part.undelivered) * bytesPerLine;
                    if (processed > 1 && room > 0) output.detail += tr(", full in %1").arg(durationText(room / (processed * bytesPerLine)));
                }
            }
            if (part.mayFly > 0)
                output.more = tr("At most %1 a request, %2 at a time; the server had one of ours %3 of the time; the last took %4")
                                  .arg(bytesText(static_cast<double>(part.bodyBytes)), countText(part.mayFly), shareText(part.busyShare),
                                       millisecondsText(part.latencyMs));
            if (part.lettersWaiting > 0) output.more += tr("\n%1 dead letters on their way").arg(countText(part.lettersWaiting));
            if (output.state == StageState::Failed) say(output, part.stage.detail);
            output.spark = spark(Flow::Indexed);
        }
    }
    if (snapshot == nullptr)
        for (auto& card : cards) {
            card.state = state == Session::State::Starting ? StageState::Starting : StageState::Stopped;
            card.figure = QStringLiteral("-");
        }
    return cards;
}

PipelineStrip::PipelineStrip(Feed& feed, Appearance& appearance, QWidget* parent)
    : QWidget(parent), m_feed(feed), m_appearance(appearance) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(26);
    const QString names[kStripStages] = {tr("Generator"), tr("Log file"), tr("Splitter"), tr("Micro-batch"), tr("Elasticsearch")};
    for (std::size_t i = 0; i < kStripStages; ++i) {
        m_cards[i] = new StageCard(appearance, names[i], this);
        row->addWidget(m_cards[i], 1);
        connect(m_cards[i], &QAbstractButton::clicked, this,
                [this, i] { emit stageClicked(static_cast<StripStage>(i), m_cards[i]->content().state == StageState::Failed); });
    }
    connect(&feed, &Feed::frame, this, &PipelineStrip::refresh);
    connect(&feed.session(), &Session::stateChanged, this, &PipelineStrip::refresh);
    refresh();
}

void PipelineStrip::setCompact(bool compact) {
    for (StageCard* card : m_cards) card->setCompact(compact);
}

void PipelineStrip::refresh() {
    const auto contents = stripContent(m_feed.shown().get(), m_feed.history(), m_feed.session().tuning(), m_feed.session().options(),
                                       m_feed.session().state());
    for (std::size_t i = 0; i < kStripStages; ++i) m_cards[i]->setContent(contents[i]);
}

void PipelineStrip::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_appearance.palette().dim, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    for (std::size_t i = 0; i + 1 < kStripStages; ++i) {
        const double left = m_cards[i]->geometry().right() + 7.5, right = m_cards[i + 1]->geometry().left() - 7.5;
        const double y = height() / 2.0;
        painter.drawLine(QPointF(left, y), QPointF(right, y));
        painter.drawPolyline(QPolygonF({QPointF(right - 4, y - 4), QPointF(right, y), QPointF(right - 4, y + 4)}));
    }
}

} // namespace sg
