#pragma once
/// What to do with log files that someone has dropped or chosen: their formats ranked, what the chosen one reads, follow or import, and at
/// which pace.
#include "ui/shell/format_probe.h"
#include "ui/style/appearance.h"

#include <QDialog>
#include <QStringList>

class QComboBox;
class QLabel;
class QLineEdit;
class QRadioButton;

namespace sg {

class FormatRanking;
class FormatView;

class OpenLogDialog : public QDialog {
    Q_OBJECT

public:
    enum class Mode { Import, Follow };
    /// `own`: the profile's formats.
    OpenLogDialog(const QStringList& paths, Mode mode, std::vector<NamedFormat> own, Appearance& appearance, QWidget* parent = nullptr);

    [[nodiscard]] QStringList paths() const;
    [[nodiscard]] Mode mode() const;
    [[nodiscard]] QString format() const; ///< "auto", a name, or a description
    [[nodiscard]] double pace() const;    ///< 0 = as fast as possible
    /// The first lines of the first file; null before they are read.
    [[nodiscard]] std::shared_ptr<const std::string> sample() const { return m_sample; }
    /// A format that was described meanwhile: it is chosen.
    void useFormat(const QString& nameOrDescription);
    void setOwn(std::vector<NamedFormat> own);
    /// Looks at the first file again, off the window's thread; `recognised` when it is through.
    void recognise();
    [[nodiscard]] FormatView& view() { return *m_view; }
    [[nodiscard]] FormatRanking& ranking() { return *m_ranking; }

signals:
    void recognised();
    void shown(); ///< what the chosen format reads is on the screen
    void describeRequested();

private:
    void take(const FormatProbe::Log& log);
    void fillFormats();
    void formatChosen();

    FormatProbe m_probe;
    QString m_asked; ///< the path that is looked at
    QString m_best;  ///< what `auto` comes to here
    std::vector<FormatCandidate> m_candidates;
    std::shared_ptr<const std::string> m_sample;
    QString m_described; ///< by the wizard, without a name
    QLineEdit* m_paths = nullptr;
    QRadioButton *m_import = nullptr, *m_follow = nullptr;
    QComboBox *m_format = nullptr, *m_pace = nullptr;
    QLabel* m_explained = nullptr;
    FormatRanking* m_ranking = nullptr;
    FormatView* m_view = nullptr;
};

} // namespace sg
