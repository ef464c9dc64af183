#pragma once
/// What a format makes of a log's first lines: how many it reads, ten of them with their fields in colours, the first that it does not read.
#include "core/contract/line_sample.h"
#include "ui/style/appearance.h"

#include <QWidget>

class QLabel;

namespace sg {

class FieldLegend;
class SampleLines;

class FormatView : public QWidget {
    Q_OBJECT

public:
    explicit FormatView(Appearance& appearance, QWidget* parent = nullptr);
    void setTrial(const QString& format, const FormatTrial& trial);
    /// Nothing to show, and why.
    void clear(const QString& why);
    [[nodiscard]] QString verdict() const;
    [[nodiscard]] SampleLines& lines() { return *m_lines; }

private:
    QLabel *m_verdict = nullptr, *m_pointed = nullptr;
    SampleLines* m_lines = nullptr;
    FieldLegend* m_legend = nullptr;
};

/// "combined reads 98.20 % of 1,000 lines. The first that it does not read is line 22: ..."
[[nodiscard]] QString trialText(const QString& format, const FormatTrial& trial);

} // namespace sg
