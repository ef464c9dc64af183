#pragma once
/// A line of text, checked as it is typed and taken over on Enter or when the focus leaves; what is wrong changes nothing.
#include "ui/controls/tuning_control.h"

class QLineEdit;

namespace sg {

/// What is wrong with "10.0.0.0/8, 2001:db8::/32 x3", as a sentence; empty = nothing. `ranges` receives what is right.
[[nodiscard]] QString checkAddressRanges(const QString& text, std::vector<Weight>& ranges);
[[nodiscard]] QString addressRangesText(const std::vector<Weight>& ranges);

/// Takes "user:password@" out of an address; false when there is none in it.
[[nodiscard]] bool takeLogin(QString& address, QString& user, QString& password);

class TextControl : public TuningControl {
    Q_OBJECT

public:
    TextControl(ControlContext context, const ControlRow& row, QWidget* parent = nullptr);
    [[nodiscard]] QString shownValue() const override;
    [[nodiscard]] QLineEdit* edit() const { return m_edit; }

signals:
    /// A user and password stood in an address; they are not in the setting.
    void loginEntered(const QString& user, const QString& password);

protected:
    void present(Tuning& wanted) override;
    void discard() override;

private:
    [[nodiscard]] QString check(const QString& text) const;
    void enter();

    QLineEdit* m_edit;
    QString m_shown;
};

} // namespace sg
