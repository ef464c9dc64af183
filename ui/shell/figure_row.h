#pragma once
/// Requests/s, error rate, p95, visitors, traffic, log line to chart: each with its change against the window before.
#include "ui/models/feed.h"
#include "ui/style/appearance.h"
#include "ui/style/figure_label.h"

#include <QWidget>

#include <array>

class QFrame;
class QGridLayout;
class QBoxLayout;

namespace sg {

inline constexpr std::size_t kFigures = 6;

struct FigureText {
    QString caption;
    QString value;
    QString change; ///< against the window before, or what is to be known of the value
    QString hint;
    QString brief;       ///< the caption where there is no room for the whole one
    QString briefChange; ///< so too; empty = `change` is short
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
    [[nodiscard]] int columns() const { return m_columns; }
    /// Narrow: what does not fit goes into further rows.
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] const std::array<FigureText, kFigures>& shown() const { return m_texts; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void restyle();
    void fit();
    void place();


    struct Card {
        QFrame* frame = nullptr;
        QBoxLayout* layout = nullptr;
        FigureLabel* caption = nullptr;
        FigureLabel* value = nullptr;
        FigureLabel* change = nullptr;
        int widest = 0; ///< that the value has been: a figure that grows and shrinks moves nothing
    };
    [[nodiscard]] int needed(std::size_t card, bool brief) const;
    [[nodiscard]] bool fits(int columns, bool brief) const;

    Feed& m_feed;
    Appearance& m_appearance;
    std::array<Card, kFigures> m_cards;
    std::array<FigureText, kFigures> m_texts;
    bool m_compact = false;
    bool m_brief = false;
    int m_columns = static_cast<int>(kFigures);
    QGridLayout* m_grid = nullptr;
};

} // namespace sg
