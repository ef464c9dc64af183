#pragma once
/// One stage of the strip: state by shape and word, a figure, one line of detail, a sparkline. A click opens its controls or problems.
#include "core/contract/snapshot.h"
#include "ui/style/appearance.h"

#include <QAbstractButton>
#include <QPointF>
#include <QVector>

namespace sg {

class StageCard : public QAbstractButton {
    Q_OBJECT

public:
    struct Content {
        StageState state = StageState::Off;
        QString figure;
        QString detail;
        QString more{}; ///< in the tooltip only
        QString brief{}; ///< of the detail, where it does not fit; empty = it is cut, the whole in the tooltip
        QVector<QPointF> spark; ///< x ascending, y from 0
        friend bool operator==(const Content&, const Content&) = default;
    };

    StageCard(Appearance& appearance, const QString& name, QWidget* parent = nullptr);
    void setContent(const Content& content);
    [[nodiscard]] const Content& content() const { return m_content; }
    void setCompact(bool compact); ///< without the sparkline: on low windows
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void drawSpark(QPainter& painter, const QRectF& area) const;

    Appearance& m_appearance;
    QString m_name;
    Content m_content;
    bool m_compact = false;
};

/// "running", "behind", ...
[[nodiscard]] QString stateText(StageState state);
/// The light: its shape differs by state, not only its colour.
void drawStateLight(QPainter& painter, const QRectF& box, StageState state, const Palette& palette);

} // namespace sg
