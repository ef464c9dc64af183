#include "ui/controls/mix_control.h"

#include "ui/controls/control_header.h"
#include "ui/controls/value_edit.h"
#include "ui/controls/value_slider.h"
#include "ui/controls/weight_table.h"

#include <QTableWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr int kPlaces = 1000; ///< tenths of a percent
constexpr std::array<std::size_t, StatusMix::kClasses> kPaletteClass{1, 2, 3, 4, 5};

/// A padlock, open or closed.
class LockButton : public QToolButton {
public:
    LockButton(Appearance& appearance, QWidget* parent) : QToolButton(parent), m_appearance(appearance) {
        setCheckable(true);
        setFocusPolicy(Qt::StrongFocus);
        setCursor(Qt::PointingHandCursor);
    }
    [[nodiscard]] QSize sizeHint() const override { return {m_appearance.scaled(16), m_appearance.scaled(17)}; }

protected:
    void paintEvent(QPaintEvent*) override {
        const Palette& colours = m_appearance.palette();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const double s = m_appearance.scaled(11);
        painter.translate((width() - s) / 2, (height() - s) / 2);
        const QColor colour = hasFocus() || underMouse() ? colours.accent : isChecked() ? colours.text : colours.dim;
        painter.setPen(QPen(colour, std::max(1.2, s / 9), Qt::SolidLine, Qt::RoundCap));
        const double lift = isChecked() ? 0 : -s * 0.1;
        QPainterPath bow;
        bow.moveTo(s * 0.25, s * 0.45 + lift);
        bow.lineTo(s * 0.25, s * 0.3 + lift);
        bow.arcTo(QRectF(s * 0.25, s * 0.05 + lift, s * 0.5, s * 0.5), 180, -180);
        bow.lineTo(s * 0.75, isChecked() ? s * 0.45 : s * 0.28);
        painter.drawPath(bow);
        painter.setBrush(isChecked() ? QBrush(colour) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(QRectF(s * 0.12, s * 0.45, s * 0.76, s * 0.5), s * 0.1, s * 0.1);
    }

private:
    Appearance& m_appearance;
};

} // namespace

MixBar::MixBar(Appearance& appearance, const StatusMix& mix, QWidget* parent) : QWidget(parent), m_appearance(appearance), m_mix(mix) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MixBar::setOwn(bool own) {
    m_own = own;
    update();
}

QSize MixBar::sizeHint() const { return {m_appearance.scaled(120), m_appearance.scaled(10)}; }

void MixBar::paintEvent(QPaintEvent*) {
    const Palette& colours = m_appearance.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath round;
    round.addRoundedRect(QRectF(rect()), height() / 2.0, height() / 2.0);
    painter.setClipPath(round);
    double left = 0;
    for (std::size_t i = 0; i < StatusMix::kClasses; ++i) {
        const double wide = width() * m_mix.percent(i) / 100;
        const QColor colour = colours.status[kPaletteClass[i]];
        painter.fillRect(QRectF(left, 0, wide, height()), m_own ? blended(colour, colours.surface, 0.5) : colour);
        left += wide;
        if (wide > 0 && left < width() - 0.5) painter.fillRect(QRectF(left - 0.5, 0, 1, height()), colours.surface);
    }
}

MixControl::MixControl(ControlContext context, const ControlRow& row, QWidget* parent)
    : TuningControl(context, row, parent), m_bar(new MixBar(appearance(), m_mix, this)), m_note(new QLabel(this)) {
    m_note->setProperty("role", QStringLiteral("caption"));
    header()->setValueWidget(m_note);
    body()->setSpacing(appearance().scaled(6));
    body()->addWidget(m_bar);
    for (std::size_t i = 0; i < StatusMix::kClasses; ++i) addRow(i);
    WeightTable::Texts texts{tr("Single codes"), tr("Code"), tr("Share"), QStringLiteral("404"), true, false};
    m_codes = new WeightTable(
        appearance(), texts,
        [](const QString& name) {
            bool right = false;
            const int code = name.toInt(&right);
            return right && code >= 100 && code <= 999 ? QString()
                                                       : tr("\"%1\" is no status code; write one from 100 to 999.").arg(name.left(20));
        },
        this);
    body()->addWidget(m_codes);
    connect(m_codes, &WeightTable::wrong, this, &TuningControl::setProblem);
    connect(m_codes, &WeightTable::edited, this, [this](const std::vector<Weight>& next) {
        const std::vector<Weight> before = m_mix.weights();
        QString changed;
        for (const Weight& old : before) {
            const bool kept = std::any_of(next.begin(), next.end(), [&](const Weight& each) { return each.name == old.name; });
            if (!kept) m_mix.removeCode(std::atoi(old.name.c_str()));
        }
        for (const Weight& each : next) {
            if (std::find(before.begin(), before.end(), each) != before.end()) continue;
            m_mix.setCode(std::atoi(each.name.c_str()), each.weight);
            changed = QString::fromStdString(each.name) + QLatin1Char(' ') + valueText(Look::Share, each.weight / 100);
        }
        write(changed);
    });
    QVector<QWidget*> editors;
    for (const Row& each : m_rows) editors << each.slider << each.edit << each.lock;
    editors << m_codes->toggle() << m_codes->table();
    finish(editors);
}

void MixControl::addRow(std::size_t i) {
    static const std::array<QString, StatusMix::kClasses> names{tr("2xx success"), tr("3xx redirect"), tr("4xx client error"),
                                                                tr("5xx server error"), tr("1xx and other")};
    Row& row = m_rows[i];
    row.box = new QWidget(this);
    auto* column = new QVBoxLayout(row.box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(appearance().scaled(2));
    row.header = new ControlHeader(appearance(), names[i], row.box);
    row.edit = new ValueEdit(row.header);
    row.header->setValueWidget(row.edit);
    row.header->mark()->hide();
    row.slider = new ValueSlider(appearance(), row.box);
    row.slider->setRange(0, kPlaces);
    row.slider->setPageStep(kPlaces / 20);
    row.slider->setSingleStep(kPlaces / 200);
    row.slider->setStatusColour(static_cast<int>(kPaletteClass[i]) + 1);
    row.lock = new LockButton(appearance(), row.box);
    row.slider->setAccessibleName(names[i]);
    row.edit->setAccessibleName(tr("%1, as a number").arg(names[i]));
    row.lock->setAccessibleName(tr("Lock %1").arg(names[i]));
    row.lock->setToolTip(tr("Locked: keeps its share when another class moves"));
    auto* line = new QHBoxLayout;
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(appearance().scaled(4));
    line->addWidget(row.slider);
    line->addWidget(row.lock);
    column->addWidget(row.header);
    column->addLayout(line);
    body()->addWidget(row.box);
    connect(row.slider, &QAbstractSlider::valueChanged, this, [this, i](int place) { setPercent(i, place * 100.0 / kPlaces); });
    connect(row.slider, &ValueSlider::resetRequested, this, &TuningControl::resetToDefault);
    connect(row.edit, &ValueEdit::entered, this, [this, i] { enter(i); });
    connect(row.edit, &ValueEdit::left, this, [this] {
        setProblem({});
        refresh();
    });
    connect(row.lock, &QAbstractButton::toggled, this, [this, i](bool locked) {
        m_mix.setLocked(i, locked);
        refresh();
    });
}

void MixControl::enter(std::size_t i) {
    const auto share = parseValue(Look::Share, m_rows[i].edit->text());
    if (!share || *share < 0 || *share > 1) {
        setProblem(tr("\"%1\" is no share; write 0 to 100 %.").arg(m_rows[i].edit->text()));
        return;
    }
    setProblem({});
    setPercent(i, *share * 100);
}

void MixControl::setPercent(std::size_t i, double percent) {
    m_mix.setPercent(i, percent);
    write(m_rows[i].header->label()->text().left(3) + QLatin1Char(' ') + valueText(Look::Share, m_mix.percent(i) / 100));
}

void MixControl::write(const QString& value) {
    commit(value, [&](Tuning& wanted) { wanted.traffic.statuses = m_mix.weights(); });
}

QString MixControl::shownValue() const {
    if (m_own) return tr("the model's own");
    QStringList parts;
    for (std::size_t i = 0; i < StatusMix::kClasses; ++i)
        if (m_mix.percent(i) > 0)
            parts << m_rows[i].header->label()->text() + QLatin1Char(' ') + valueText(Look::Share, m_mix.percent(i) / 100);
    return parts.join(QStringLiteral(", "));
}

void MixControl::discard() {
    for (Row& row : m_rows) row.edit->setModified(false);
}

void MixControl::present(Tuning& wanted) {
    const std::vector<Weight>& statuses = wanted.traffic.statuses;
    m_own = statuses.empty();
    if (statuses != m_mix.weights()) m_mix.read(statuses);
    m_note->setToolTip(m_own ? tr("The shares are about what the model makes; move one to set them") : tr("The classes sum to 100 %"));
    m_note->setText(m_own ? tr("model's own") : tr("100 %"));
    m_bar->setOwn(m_own);
    for (std::size_t i = 0; i < StatusMix::kClasses; ++i) {
        Row& row = m_rows[i];
        row.edit->showText(valueText(Look::Share, m_mix.percent(i) / 100));
        row.slider->setEnabled(!m_mix.isLocked(i));
        row.box->setVisible(i != StatusMix::kOther || m_mix.percent(i) > 0);
        if (row.slider->isSliderDown()) continue;
        const QSignalBlocker quiet(row.slider);
        row.slider->setValue(static_cast<int>(std::lround(m_mix.percent(i) * kPlaces / 100)));
    }
    const std::vector<Weight> codes = m_mix.weights();
    m_codes->setWeights(codes, tr("%n code(s)", nullptr, static_cast<int>(codes.size())));
}

} // namespace sg
