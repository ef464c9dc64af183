#pragma once
/// The column of controls: every field of the Tuning that is worth moving, in groups that fold, all of it live.
///
/// *Thread:* the window's. What it shows is the TuningModel's; it keeps nothing of its own but what is folded.
#include "ui/controls/control_row.h"
#include "ui/controls/tuning_control.h"

#include <QVariantMap>
#include <QWidget>

#include <array>
#include <vector>

class QScrollArea;

namespace sg {

class ControlGroup;
class OutputBox;

class ControlsPanel : public QWidget {
    Q_OBJECT

public:
    ControlsPanel(TuningModel& model, Feed& feed, Appearance& appearance, QWidget* parent = nullptr);

    /// Opens the group of a stage, scrolls there, lights it up and gives it the focus.
    void focusGroup(StageName stage);
    void focusGroup(ControlGroupId group);
    [[nodiscard]] QVariantMap foldState() const;
    void restoreFoldState(const QVariantMap& state); ///< foreign entries are left out

    [[nodiscard]] ControlGroup* group(ControlGroupId id) const { return m_groups[static_cast<std::size_t>(id)]; }
    /// "traffic", "rate"; null when there is none.
    [[nodiscard]] TuningControl* control(std::string_view section, std::string_view key) const;
    [[nodiscard]] const std::vector<TuningControl*>& controls() const { return m_controls; }

    void setKibanaAddress(const QString& address);
    void setConnectionAnswer(bool ok, const QString& sentence);
    void setCredentialsKept(bool kept); ///< whether something is stored, so that the empty fields say so

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    /// The shell stores them; the fields are empty again. An empty text leaves what is stored as it is.
    void credentialsEntered(const QString& user, const QString& password, const QString& apiKey, const QString& caFile,
                            const QString& token);
    void credentialsForgotten(); ///< delete what is stored
    void testConnectionRequested(const QString& url);
    void kibanaAddressEntered(const QString& address);

private:
    void build(ControlContext context);

    Appearance& m_appearance;
    QScrollArea* m_scroll;
    std::array<ControlGroup*, kControlGroups> m_groups{};
    std::vector<TuningControl*> m_controls;
    OutputBox* m_output = nullptr;
};

} // namespace sg
