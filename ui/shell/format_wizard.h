#pragma once
/// "Describe a format": lines, the formats that read some of them, a description that is tried at every keystroke, and its name.
#include "ui/shell/format_probe.h"
#include "ui/style/appearance.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace sg {

class FormatRanking;
class FormatView;

class FormatWizard : public QDialog {
    Q_OBJECT

public:
    /// `sample`: the lines of a log at hand; null = they are pasted. `own`: the profile's formats.
    FormatWizard(std::shared_ptr<const std::string> sample, std::vector<NamedFormat> own, Appearance& appearance, QWidget* parent = nullptr);

    /// The name where it was saved as it stands, else the description.
    [[nodiscard]] QString format() const;
    void setDescription(const QString& text);
    [[nodiscard]] QString description() const;
    [[nodiscard]] FormatView& view() { return *m_view; }
    [[nodiscard]] FormatRanking& ranking() { return *m_ranking; }
    /// After `saved`: the profile's formats are these now, and that is where they are kept.
    void setOwn(std::vector<NamedFormat> own, const QString& sentence);

signals:
    /// "Save in the profile": the name is right, the description compiles.
    void saved(const sg::NamedFormat& format);
    void tried(); ///< what the description reads is on the screen

private:
    void linesChanged();
    void descriptionChanged();
    void take(const FormatProbe::Log& log);
    void takeTrial(const std::string& format, const FormatProbe::Trial& trial);
    void markFault(int at);
    void nameChanged();

    Appearance& m_appearance;
    FormatProbe m_probe;
    std::shared_ptr<const std::string> m_sample;
    bool m_compiles = false;
    QPlainTextEdit *m_lines = nullptr, *m_description = nullptr;
    QLabel *m_explained = nullptr, *m_wrong = nullptr, *m_nameSays = nullptr;
    FormatRanking* m_ranking = nullptr;
    FormatView* m_view = nullptr;
    QLineEdit* m_name = nullptr;
    QPushButton *m_save = nullptr, *m_use = nullptr;
};

/// What a description of one's own begins with when it is to read what `is` reads: built-in formats of text lines as a format string.
[[nodiscard]] QString startOf(const QString& is);

} // namespace sg
