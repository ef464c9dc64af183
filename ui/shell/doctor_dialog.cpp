#include "ui/shell/doctor_dialog.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace sg {
namespace {

/// A state light: a disc, a triangle or a square, so that colour is not all.
class Light : public QWidget {
public:
    Light(Appearance& appearance, Finding::Level level, QWidget* parent) : QWidget(parent), m_appearance(appearance), m_level(level) {
        setFixedSize(appearance.scaled(12), appearance.scaled(18));
        setAccessibleName(QString::fromLatin1(levelName(level)));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        const Palette& colours = m_appearance.palette();
        const double side = m_appearance.scaled(9);
        const QRectF box((width() - side) / 2, (height() - side) / 2, side, side);
        switch (m_level) {
        case Finding::Level::Good:
            painter.setBrush(colours.good);
            painter.drawEllipse(box);
            break;
        case Finding::Level::Note:
            painter.setBrush(colours.warn);
            painter.drawPolygon(QPolygonF{box.bottomLeft(), box.bottomRight(), QPointF(box.center().x(), box.top())});
            break;
        case Finding::Level::Fault:
            painter.setBrush(colours.bad);
            painter.drawRect(box);
            break;
        }
    }

private:
    Appearance& m_appearance;
    const Finding::Level m_level;
};

QString sentence(const std::string& text) {
    QString out = QString::fromStdString(text);
    if (out.isEmpty()) return out;
    out[0] = out[0].toUpper();
    if (!out.endsWith(QLatin1Char('.')) && !out.endsWith(QLatin1Char(')'))) out += QLatin1Char('.');
    return out;
}

QLabel* wrapped(const QString& text, const char* role, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    if (*role != '\0') label->setProperty("role", QLatin1String(role));
    return label;
}

} // namespace

DoctorDialog::DoctorDialog(Appearance& appearance, DoctorPlaces places, const std::optional<Credentials>& credentials, QWidget* parent)
    : QDialog(parent), m_appearance(appearance), m_verdict(wrapped({}, "title", this)), m_scroll(new QScrollArea(this)),
      m_again(new QPushButton(tr("Look again"), this)) {
    setWindowTitle(tr("Elasticsearch and Kibana"));
    setObjectName(QStringLiteral("doctor"));
    resize(appearance.scaled(760), appearance.scaled(620));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(appearance.scaled(18), appearance.scaled(16), appearance.scaled(18), appearance.scaled(14));
    layout->setSpacing(appearance.scaled(10));
    layout->addWidget(m_verdict);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_scroll, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->addButton(m_again, QDialogButtonBox::ActionRole);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_again, &QPushButton::clicked, this, &DoctorDialog::look);
    m_visit = std::make_unique<DoctorVisit>(std::move(places), credentials);
    look();
}

DoctorDialog::~DoctorDialog() = default;

void DoctorDialog::look() {
    m_again->setEnabled(false);
    m_verdict->setText(tr("Looking…"));
    m_visit->run([this](const std::vector<Finding>& findings) { take(findings); });
}

void DoctorDialog::take(const std::vector<Finding>& findings) {
    m_findings = findings;
    m_lines = new QWidget;
    m_lines->setAutoFillBackground(false);
    m_grid = new QGridLayout(m_lines);
    m_grid->setContentsMargins(0, 0, m_appearance.scaled(8), 0);
    m_grid->setHorizontalSpacing(m_appearance.scaled(10));
    m_grid->setVerticalSpacing(m_appearance.scaled(9));
    m_grid->setColumnStretch(2, 1);
    for (const Finding& finding : m_findings) addLine(finding);
    m_grid->setRowStretch(m_grid->rowCount(), 1);
    m_scroll->setWidget(m_lines); // the old lines go with it
    m_again->setEnabled(true);
    const auto fault = std::find_if(m_findings.begin(), m_findings.end(),
                                    [](const Finding& f) { return f.level == Finding::Level::Fault; });
    const bool good = fault == m_findings.end();
    m_verdict->setText(good ? tr("All is well.") : tr("Something is to be done."));
    const auto product = std::find_if(m_findings.begin(), m_findings.end(), [](const Finding& f) { return f.check == "product"; });
    if (!good) emit answered(false, sentence(fault->found));
    else emit answered(true, product == m_findings.end() ? tr("All is well.") : tr("%1: all is well.").arg(QString::fromStdString(product->found)));
}

void DoctorDialog::addLine(const Finding& finding) {
    const int row = m_grid->rowCount();
    m_grid->addWidget(new Light(m_appearance, finding.level, m_lines), row, 0, Qt::AlignTop);
    auto* check = new QLabel(QString::fromStdString(finding.check), m_lines);
    check->setProperty("role", QStringLiteral("strong"));
    m_grid->addWidget(check, row, 1, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(m_appearance.scaled(2));
    words->addWidget(wrapped(sentence(finding.found), "", m_lines));
    QString more = sentence(finding.means);
    if (!finding.advice.empty()) more += (more.isEmpty() ? QString() : QStringLiteral(" ")) + sentence(finding.advice);
    if (!more.isEmpty()) words->addWidget(wrapped(more, "caption", m_lines));
    m_grid->addLayout(words, row, 2);
    if (finding.remedy == Finding::Remedy::None) return;
    const QString name = finding.remedy == Finding::Remedy::InstallTemplates ? tr("Install")
                         : finding.remedy == Finding::Remedy::LiftBlocks     ? tr("Lift…")
                                                                             : tr("Import");
    auto* button = new QPushButton(name, m_lines);
    button->setAccessibleName(name + QStringLiteral(": ") + QString::fromStdString(finding.check));
    connect(button, &QPushButton::clicked, this, [this, remedy = finding.remedy] { apply(remedy); });
    m_grid->addWidget(button, row, 3, Qt::AlignTop);
}

void DoctorDialog::apply(Finding::Remedy remedy) {
    if (remedy == Finding::Remedy::LiftBlocks) {
        const auto answer = QMessageBox::question(
            this, windowTitle(), tr("Someone, or a disk that was full, has blocked these indices. Lift the blocks of all indices of Streamgauge?"));
        if (answer != QMessageBox::Yes) return;
    }
    m_again->setEnabled(false);
    m_lines->setEnabled(false);
    m_verdict->setText(tr("At it…"));
    m_visit->apply(remedy, [this](bool good, const std::string& said) {
        if (good) return look();
        m_again->setEnabled(true);
        m_lines->setEnabled(true);
        m_verdict->setText(QString::fromStdString(said));
    });
}

} // namespace sg
