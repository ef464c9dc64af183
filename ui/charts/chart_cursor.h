#pragma once
/// The moment that the person points at: one crosshair through all time charts, one tip beside the mouse.
///
/// *Thread:* the window's.
#include "ui/style/appearance.h"

#include <QObject>
#include <QPointer>
#include <QString>
#include <QVector>
#include <QWidget>

#include <optional>
#include <utility>
#include <vector>

namespace sg {

/// A line of the tip: with a value it is a row of two columns; without one a note in dim.
struct TipRow {
    QString name;
    QString value;
    QColor swatch; ///< invalid = none
};

struct Tip {
    QString heading;
    QVector<TipRow> rows;
};

/// The tip's widget: a child of the window, so that it needs no window manager and never leaves it.
class TipWidget : public QWidget {
    Q_OBJECT

public:
    TipWidget(Appearance& appearance, QWidget* window);
    void show(const Tip& tip, const QPoint& global);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] QSize wanted() const;

    Appearance& m_appearance;
    Tip m_tip;
};

/// A chart that can say in a few words what it shows at a moment.
class CursorReader {
public:
    virtual ~CursorReader() = default;
    /// One row for the tip of another chart; empty name = nothing to say.
    [[nodiscard]] virtual TipRow headlineAt(qint64 ms) const = 0;
    /// It can be seen now, in that window.
    [[nodiscard]] virtual bool isRead(const QWidget* window) const = 0;
};

class ChartCursor : public QObject {
    Q_OBJECT

public:
    explicit ChartCursor(QObject* parent = nullptr) : QObject(parent) {}
    ~ChartCursor() override;

    /// Where the mouse (or the arrow keys) points; nothing when it points at no time chart.
    [[nodiscard]] std::optional<qint64> moment() const { return m_moment; }
    void setMoment(std::optional<qint64> ms);
    /// The range that is being dragged open.
    [[nodiscard]] std::optional<std::pair<qint64, qint64>> band() const { return m_band; }
    void setBand(std::optional<std::pair<qint64, qint64>> band);

    void addReader(CursorReader* reader) { m_readers.push_back(reader); }
    void removeReader(CursorReader* reader);
    /// What all others say of the moment.
    [[nodiscard]] QVector<TipRow> headlines(const CursorReader* but, const QWidget* window, qint64 ms) const;

    void showTip(Appearance& appearance, QWidget* window, const Tip& tip, const QPoint& global);
    void hideTip();

signals:
    void moved();

private:
    std::optional<qint64> m_moment;
    std::optional<std::pair<qint64, qint64>> m_band;
    std::vector<CursorReader*> m_readers;
    QPointer<TipWidget> m_tip;
};

} // namespace sg
