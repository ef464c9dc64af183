#pragma once
/// The page of the connection: a line for each thing looked at, what it means, what to do, and a button that does it.
///
/// *Thread:* the window's, never blocking. *Errors:* lines. What changes something on a server is asked for by its button alone.
#include "core/pipeline/doctor_visit.h"
#include "ui/style/appearance.h"

#include <QDialog>

#include <memory>
#include <optional>
#include <vector>

class QGridLayout;
class QLabel;
class QPushButton;
class QScrollArea;

namespace sg {

class DoctorDialog : public QDialog {
    Q_OBJECT

public:
    /// Without credentials those of the environment are taken, as the pipeline does.
    DoctorDialog(Appearance& appearance, DoctorPlaces places, const std::optional<Credentials>& credentials, QWidget* parent = nullptr);
    ~DoctorDialog() override;
    /// Looks again.
    void look();
    [[nodiscard]] const std::vector<Finding>& findings() const { return m_findings; }

signals:
    /// In one sentence: all is well, or the first thing that is to be done.
    void answered(bool good, const QString& sentence);

private:
    void take(const std::vector<Finding>& findings);
    void addLine(const Finding& finding);
    void apply(Finding::Remedy remedy);

    Appearance& m_appearance;
    std::unique_ptr<DoctorVisit> m_visit;
    std::vector<Finding> m_findings;
    QLabel* m_verdict;
    QScrollArea* m_scroll;
    QWidget* m_lines = nullptr;
    QGridLayout* m_grid = nullptr;
    QPushButton* m_again;
};

} // namespace sg
