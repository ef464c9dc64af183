#pragma once
/// The formats that read some of a log's first lines, best first; a chosen row names one.
#include "core/pipeline/recognise.h"
#include "ui/style/appearance.h"

#include <QTableWidget>

namespace sg {

class FormatRanking : public QTableWidget {
    Q_OBJECT

public:
    explicit FormatRanking(Appearance& appearance, QWidget* parent = nullptr);
    void setLog(const RecognisedLog& log);
    void clearLog();
    /// Marks the row of that format, and says nothing of it.
    void markRow(const QString& name);

signals:
    /// By a person. `is`: what the name stands for.
    void chosen(const QString& name, const QString& is);

private:
    Appearance& m_appearance;
};

} // namespace sg
