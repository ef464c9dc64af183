#pragma once
/// Some lines of a log with their fields in colours, and where the unreadable ones broke.
///
/// A field's colour is a tint behind its text and a line under it; what it is stands in the tooltip and is said by `pointed`, of the field
/// under the pointer or the one that the keyboard is on (Left and Right go from field to field, Up and Down from line to line).
#include "core/contract/line_sample.h"
#include "ui/style/appearance.h"

#include <QAbstractScrollArea>

#include <vector>

namespace sg {

class SampleLines : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit SampleLines(Appearance& appearance, QWidget* parent = nullptr);
    /// The samples, and behind a heading those failures that are not among them.
    void setTrial(const FormatTrial& trial);
    /// The field kinds that the lines show, in the order of FieldKind.
    [[nodiscard]] std::vector<FieldKind> kinds() const;
    /// What the keyboard is on, in words; empty without a line.
    [[nodiscard]] QString currentText() const;
    /// Where a field of a line is drawn, in the viewport; empty when it has no place.
    [[nodiscard]] QRectF placeOf(int row, std::size_t range) const;
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void pointed(const QString& words);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    /// A line as it is shown: controls and bytes that are no UTF-8 as \xHH.
    struct Row {
        LineSample sample;
        QString text;
        std::vector<int> charOfByte; // and one behind the last
        bool heading = false;
    };
    static Row makeRow(const LineSample& sample);
    [[nodiscard]] double rowHeight() const;
    [[nodiscard]] double charWidth() const;
    [[nodiscard]] double textLeft() const;
    [[nodiscard]] double xOf(const Row& row, std::size_t byte) const;
    [[nodiscard]] int rowAt(double y) const;
    [[nodiscard]] int rangeAt(const Row& row, double x) const; // -1 = none
    [[nodiscard]] QString words(const Row& row, int range) const;
    void moveTo(int row, int range);
    void fitScrollBars();

    Appearance& m_appearance;
    std::vector<Row> m_rows;
    int m_row = -1;   // the keyboard's
    int m_range = -1; // of its line; -1 = the line itself
};

/// Names the colours of the kinds that are there.
class FieldLegend : public QWidget {
    Q_OBJECT

public:
    explicit FieldLegend(Appearance& appearance, QWidget* parent = nullptr);
    void setKinds(std::vector<FieldKind> kinds);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    /// Calls `each(kind, left, top)`; returns the height.
    template <class Each> int layOut(int width, const Each& each) const;

    Appearance& m_appearance;
    std::vector<FieldKind> m_kinds;
};

/// "the closing quote is missing, at byte 45".
[[nodiscard]] QString brokenText(const LineSample& sample);
/// A kind's name in the person's language.
[[nodiscard]] QString fieldKindText(FieldKind kind);

} // namespace sg
