#pragma once
/// A control for one field of the Tuning: name, value, reset, "pending" until the worker has it, a reason where it has no effect now.
///
/// Unit, range, default and meaning come from the profile table. *Thread:* the window's. A subclass builds its editor, shows a Tuning in
/// `present` (without writing) and writes by `commit`.
#include "core/contract/profile_fields.h"
#include "ui/controls/control_row.h"
#include "ui/models/tuning_model.h"
#include "ui/style/appearance.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace sg {

class ControlHeader;

struct ControlContext {
    TuningModel& model;
    Feed& feed;
    Appearance& appearance;
};

class TuningControl : public QWidget {
    Q_OBJECT

public:
    TuningControl(ControlContext context, const ControlRow& row, QWidget* parent = nullptr);

    [[nodiscard]] const ControlRow& row() const { return m_row; }
    [[nodiscard]] QString name() const;
    [[nodiscard]] virtual QString shownValue() const = 0; ///< as text, for screen readers and marks
    [[nodiscard]] bool isPending() const { return m_pending; }
    [[nodiscard]] bool hasEffect() const { return m_reason.isEmpty(); }
    [[nodiscard]] const QString& problem() const { return m_problem; } ///< what is wrong with what was typed; empty = nothing
    void resetToDefault();
    /// What is wanted now, and whether it has an effect.
    void refresh();

    void setProblem(const QString& sentence); ///< shown under the editor; empty takes it away

signals:
    void pendingChanged();

protected:
    virtual void present(Tuning& wanted) = 0;
    virtual void discard() {} ///< forget what is being typed
    /// `value` is what the mark on the charts says: "50,000 /s".
    void commit(const QString& value, const std::function<void(Tuning&)>& edit);
    /// Call at the end of a subclass's constructor: what the keyboard reaches, in this order.
    void finish(const QVector<QWidget*>& editors);
    [[nodiscard]] const ProfileField& field() const { return m_field; }
    [[nodiscard]] ControlContext& context() { return m_context; }
    [[nodiscard]] Appearance& appearance() const { return m_context.appearance; }
    [[nodiscard]] ControlHeader* header() const { return m_header; }
    [[nodiscard]] QVBoxLayout* body() const { return m_body; } ///< under the header

    bool eventFilter(QObject* watched, QEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void setPending(bool pending);
    void checkPending();
    void updateMark();
    void updateTexts();

    ControlContext m_context;
    const ControlRow& m_row;
    const ProfileField& m_field;
    ControlHeader* m_header;
    QVBoxLayout* m_body;
    QLabel* m_problemLabel = nullptr;
    QVector<QWidget*> m_editors;
    Revision m_revision;
    Tuning m_presented; ///< of it only this control's field
    QString m_reason;
    QString m_problem;
    bool m_pending = false;
    bool m_differs = false;
};

} // namespace sg
