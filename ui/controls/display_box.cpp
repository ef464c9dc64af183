#include "ui/controls/display_box.h"

#include "ui/controls/control_header.h"
#include "ui/controls/still_box.h"
#include "ui/controls/value_edit.h"
#include "ui/controls/value_slider.h"
#include "ui/controls/value_text.h"

#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr int kLeastTenths = 8, kMostTenths = 20; ///< of the text size that a person chooses here; Present goes further

} // namespace

DisplayBox::DisplayBox(Appearance& appearance, QWidget* parent)
    : QWidget(parent), m_appearance(appearance), m_theme(new StillBox(this)), m_size(new ValueSlider(appearance, this)) {
    auto* themeHeader = new ControlHeader(appearance, tr("Theme"), this);
    auto* sizeHeader = new ControlHeader(appearance, tr("Text size"), this);
    m_edit = new ValueEdit(sizeHeader);
    sizeHeader->setValueWidget(m_edit);
    m_theme->addItems({tr("System"), tr("Light"), tr("Dark")});
    m_theme->setAccessibleName(tr("Theme"));
    m_theme->setToolTip(tr("System follows the desktop's scheme"));
    m_size->setAccessibleName(tr("Text size"));
    m_edit->setAccessibleName(tr("Text size, as a number"));
    m_size->setToolTip(tr("Of all text: %1 to %2 %; Delete resets").arg(kLeastTenths * 10).arg(kMostTenths * 10));
    m_size->setRange(kLeastTenths, kMostTenths);
    m_size->setPageStep(2);
    // Each step lays the whole window out anew: at the end of a drag, not along it.
    m_size->setTracking(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(appearance.scaled(4));
    for (QWidget* each : QVector<QWidget*>{themeHeader, m_theme, sizeHeader, m_size}) layout->addWidget(each);
    connect(m_theme, &QComboBox::currentIndexChanged, this, [this](int index) { m_appearance.setTheme(static_cast<Theme>(index)); });
    connect(m_size, &QAbstractSlider::valueChanged, this, [this](int tenths) { m_appearance.setTextScale(tenths / 10.0); });
    connect(m_size, &ValueSlider::resetRequested, this, [this] { m_appearance.setTextScale(1); });
    connect(m_edit, &ValueEdit::entered, this, [this] {
        if (const auto share = parseValue(Look::Share, m_edit->text()))
            m_appearance.setTextScale(std::clamp(*share, kLeastTenths / 10.0, kMostTenths / 10.0));
        refresh();
    });
    connect(&appearance, &Appearance::changed, this, &DisplayBox::refresh);
    refresh();
}

void DisplayBox::refresh() {
    const QSignalBlocker theme(m_theme), size(m_size);
    m_theme->setCurrentIndex(static_cast<int>(m_appearance.theme()));
    m_size->setValue(static_cast<int>(std::lround(m_appearance.textScale() * 10)));
    m_edit->showText(valueText(Look::Share, m_appearance.textScale()));
}

} // namespace sg
