#pragma once
/// What to do with log files that someone has dropped or chosen: their format as recognised, follow or import, and at which pace.
#include "core/pipeline/recognise.h"
#include "ui/style/appearance.h"

#include <QDialog>
#include <QStringList>

class QComboBox;
class QLabel;
class QLineEdit;
class QRadioButton;

namespace sg {

class OpenLogDialog : public QDialog {
    Q_OBJECT

public:
    enum class Mode { Import, Follow };
    OpenLogDialog(const QStringList& paths, Mode mode, QWidget* parent = nullptr);

    [[nodiscard]] QStringList paths() const;
    [[nodiscard]] Mode mode() const;
    [[nodiscard]] QString format() const; ///< "auto" or a name
    [[nodiscard]] double pace() const;    ///< 0 = as fast as possible
    /// Looks at the first file again, off the window's thread; `recognised` when it is through.
    void recognise();

signals:
    void recognised();

private:
    void take(const QString& path, const std::shared_ptr<const Result<RecognisedLog>>& result);

    QLineEdit* m_paths = nullptr;
    QRadioButton *m_import = nullptr, *m_follow = nullptr;
    QComboBox *m_format = nullptr, *m_pace = nullptr;
    QLabel* m_verdict = nullptr;
};

} // namespace sg
