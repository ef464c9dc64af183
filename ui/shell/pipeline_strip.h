#pragma once
/// Generator > Log file > Splitter > Micro-batch > Elasticsearch: what each does now, and which one is behind or failed.
#include "ui/models/feed.h"
#include "ui/shell/stage_card.h"

#include <QWidget>

#include <array>

namespace sg {

/// The places of the strip, from the left.
enum class StripStage { Generator, LogFile, Splitter, Batch, Output };
inline constexpr std::size_t kStripStages = 5;

class PipelineStrip : public QWidget {
    Q_OBJECT

public:
    PipelineStrip(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);
    void setCompact(bool compact);
    [[nodiscard]] const StageCard& card(StripStage stage) const { return *m_cards[static_cast<std::size_t>(stage)]; }

signals:
    void stageClicked(sg::StripStage stage, bool failed);

protected:
    void paintEvent(QPaintEvent* event) override; ///< the arrows between the cards

private:
    void refresh();

    Feed& m_feed;
    Appearance& m_appearance;
    std::array<StageCard*, kStripStages> m_cards{};
};

/// What the strip says of a snapshot: pure, so that every state can be tested. `options` tells generated logs from followed ones.
[[nodiscard]] std::array<StageCard::Content, kStripStages>
stripContent(const Snapshot* snapshot, const History& history, const Tuning& tuning, const PipelineOptions& options, Session::State state);

} // namespace sg
