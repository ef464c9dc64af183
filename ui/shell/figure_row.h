#pragma once
/// Requests/s, error rate, p95, visitors, traffic, log line to chart: each with its change against the window before.
#include "ui/models/feed.h"
#include "ui/style/appearance.h"
#include "ui/style/figure_label.h"

#include <QWidget>

#include <array>

class QFrame;
class QBoxLayout;

namespace sg {

inline constexpr std::size_t kFigures = 6;

struct FigureText {
    QString caption;
    QString value;
    QString change; ///< against the window before, or what is to be known of the value
    QString hint;
};
/// Pure: what the figures say. `firstSecond`: of the first event there is; a rate is not thinned by the time before it. 0 = not known.
[[nodiscard]] std::array<FigureText, kFigures> figureTexts(const WindowPart* window, std::int64_t firstSecond, double delaySeconds,
                                                           double delayP99);

class FigureRow : public QWidget {
    Q_OBJECT

public:
    FigureRow(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);
    void setCompact(bool compact);       ///< caption and figure on one line, no change
    void setPresenting(bool presenting); ///< without the traffic: five fit in large type
    [[nodiscard]] const std::array<FigureText, kFigures>& shown() const { return m_texts; }

private:
    void refresh();
    void arrange();

    struct Card {
        QFrame* frame = nullptr;
        QBoxLayout* layout = nullptr;
        FigureLabel* caption = nullptr;
        FigureLabel* value = nullptr;
        FigureLabel* change = nullptr;
    };

    Feed& m_feed;
    Appearance& m_appearance;
    std::array<Card, kFigures> m_cards;
    std::array<FigureText, kFigures> m_texts;
    bool m_compact = false;
};

} // namespace sg
