#pragma once
/// The load shape drawn small: one period (or all stages), and the rate that is wanted right now as a dashed line.
#include "ui/controls/tuning_control.h"

#include <QPointF>
#include <QVector>
#include <QWidget>

namespace sg {

/// (share of the period, share of the highest rate) for a curve of about `points` points; empty when there is no rate ("max").
/// *Source:* the generator's schedule; a test compares the two.
struct LoadShapeCurve {
    QVector<QPointF> points;
    double highest = 0; ///< lines/s
    double seconds = 0; ///< what is drawn
};
[[nodiscard]] LoadShapeCurve loadShapeCurve(const TrafficTuning& traffic, int points);

class LoadCurve : public QWidget {
    Q_OBJECT

public:
    LoadCurve(ControlContext context, QWidget* parent = nullptr);
    [[nodiscard]] const LoadShapeCurve& curve() const { return m_curve; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    ControlContext m_context;
    LoadShapeCurve m_curve;
    double m_now = -1; ///< lines/s wanted now; negative = not known
};

} // namespace sg
