#pragma once
/// Names and their weights, folded under one line: add, change, remove, and read from a file.
#include "core/contract/tuning.h"
#include "ui/style/appearance.h"

#include <QWidget>

#include <functional>

class QLabel;
class QTableWidget;
class QToolButton;

namespace sg {

class WeightTable : public QWidget {
    Q_OBJECT

public:
    struct Texts {
        QString title;      ///< of the line: "Single codes"
        QString nameHeader; ///< "Code"
        QString weightHeader;
        QString example; ///< what a new row begins with
        bool percent = false;
        bool import = false;
    };
    /// What is wrong with a name, as a sentence; empty = nothing.
    using Check = std::function<QString(const QString& name)>;

    WeightTable(Appearance& appearance, const Texts& texts, Check check, QWidget* parent = nullptr);
    void setWeights(const std::vector<Weight>& weights, const QString& summary);
    [[nodiscard]] std::vector<Weight> weights() const;
    [[nodiscard]] QTableWidget* table() const { return m_table; }
    [[nodiscard]] QToolButton* toggle() const { return m_toggle; }
    void setOpen(bool open);
    [[nodiscard]] bool isOpen() const;
    void add();
    void removeCurrent();
    /// A name a line, "name<tab>weight" where weights differ; lines that begin with # are left out. Returns what is wrong, empty = nothing.
    QString importFile(const QString& path);

signals:
    void edited(const std::vector<Weight>& weights);
    void wrong(const QString& sentence);
    void importRequested();

private:
    void changedCell(int row, int column);
    void fit();

    Appearance& m_appearance;
    Texts m_texts;
    Check m_check;
    QToolButton* m_toggle;
    QLabel* m_summary;
    QWidget* m_inside;
    QTableWidget* m_table;
    QWidget* m_buttons;
    std::vector<Weight> m_weights;
    bool m_filling = false;
};

} // namespace sg
