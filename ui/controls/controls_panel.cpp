#include "ui/controls/controls_panel.h"

#include "ui/controls/choice_control.h"
#include "ui/controls/control_group.h"
#include "ui/controls/display_box.h"
#include "ui/controls/fold_button.h"
#include "ui/controls/load_curve.h"
#include "ui/controls/mix_control.h"
#include "ui/controls/number_control.h"
#include "ui/controls/output_box.h"
#include "ui/controls/stages_control.h"
#include "ui/controls/text_control.h"
#include "ui/controls/weights_control.h"

#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace sg {
namespace {

constexpr int kLeastWidth = 240, kUsualWidth = 290, kMostWidth = 320;

TuningControl* makeControl(ControlContext context, const ControlRow& row, QWidget* parent) {
    switch (row.editor) {
    case Editor::Number:
        return new NumberControl(context, row, parent);
    case Editor::Switch:
        return new SwitchControl(context, row, parent);
    case Editor::Choice:
        return new ChoiceControl(context, row, parent);
    case Editor::Text:
    case Editor::Ranges:
        return new TextControl(context, row, parent);
    case Editor::Weights:
        return new WeightsControl(context, row, parent);
    case Editor::Stages:
        return new StagesControl(context, row, parent);
    case Editor::Mix:
        return new MixControl(context, row, parent);
    }
    return nullptr;
}

} // namespace

ControlsPanel::ControlsPanel(TuningModel& model, Feed& feed, Appearance& appearance, QWidget* parent)
    : QWidget(parent), m_appearance(appearance), m_scroll(new QScrollArea(this)) {
    setAccessibleName(tr("Controls"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_scroll);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    build({model, feed, appearance});
    const auto refresh = [this] {
        for (TuningControl* control : m_controls) control->refresh();
    };
    connect(&model, &TuningModel::changed, this, refresh);
    connect(&feed.session(), &Session::stateChanged, this, refresh);
}

void ControlsPanel::build(ControlContext context) {
    // Everything is made where it will stand: with a style sheet each change of a parent styles all that is inside again.
    auto* inside = new QWidget(m_scroll);
    m_scroll->setWidget(inside);
    inside->setAutoFillBackground(false);
    auto* column = new QVBoxLayout(inside);
    const int side = m_appearance.scaled(14);
    column->setContentsMargins(side, m_appearance.scaled(10), m_appearance.scaled(4), m_appearance.scaled(10));
    column->setSpacing(m_appearance.scaled(14));
    // In the order in which they stand: Tab follows the order of making.
    for (std::size_t i = 0; i < kControlGroups; ++i) {
        const auto id = static_cast<ControlGroupId>(i);
        m_groups[i] = new ControlGroup(m_appearance, id, inside);
        column->addWidget(m_groups[i]);
        for (const bool further : {false, true}) {
            for (const ControlRow& row : controlRows()) {
                if (row.group != id || row.further != further) continue;
                TuningControl* control = makeControl(context, row, m_groups[i]->room(further));
                m_controls.push_back(control);
                if (const auto* text = qobject_cast<TextControl*>(control))
                    connect(text, &TextControl::loginEntered, this,
                            [this](const QString& user, const QString& password) { emit credentialsEntered(user, password, {}, {}, {}); });
                m_groups[i]->add(control, further);
                if (std::string_view(row.key) == "shape") m_groups[i]->add(new LoadCurve(context, m_groups[i]->room(false)));
            }
            if (further) continue;
            if (id == ControlGroupId::Output) m_groups[i]->add(m_output = new OutputBox(context, m_groups[i]->room(false)));
            if (id == ControlGroupId::Display) m_groups[i]->add(new DisplayBox(m_appearance, m_groups[i]->room(false)));
        }
    }
    group(ControlGroupId::Log)->setOpen(false);
    column->addStretch();
    connect(m_output, &OutputBox::credentialsEntered, this, &ControlsPanel::credentialsEntered);
    connect(m_output, &OutputBox::credentialsForgotten, this, &ControlsPanel::credentialsForgotten);
    connect(m_output, &OutputBox::testConnectionRequested, this, &ControlsPanel::testConnectionRequested);
    connect(m_output, &OutputBox::kibanaAddressEntered, this, &ControlsPanel::kibanaAddressEntered);
}

TuningControl* ControlsPanel::control(std::string_view section, std::string_view key) const {
    const auto found = std::find_if(m_controls.begin(), m_controls.end(),
                                    [&](const TuningControl* each) { return each->row().section == section && each->row().key == key; });
    return found == m_controls.end() ? nullptr : *found;
}

void ControlsPanel::focusGroup(StageName stage) {
    switch (stage) {
    case StageName::Generator:
        return focusGroup(ControlGroupId::Traffic);
    case StageName::Splitter:
        return focusGroup(ControlGroupId::Splitter);
    case StageName::Batch:
        return focusGroup(ControlGroupId::Batches);
    case StageName::Output:
        return focusGroup(ControlGroupId::Output);
    }
}

void ControlsPanel::focusGroup(ControlGroupId id) {
    ControlGroup* wanted = group(id);
    wanted->setOpen(true);
    wanted->title()->setFocus(Qt::OtherFocusReason);
    wanted->highlight();
    // Its place is known once what was folded has been laid out.
    m_scroll->widget()->layout()->activate();
    QTimer::singleShot(0, wanted, [this, wanted] { m_scroll->verticalScrollBar()->setValue(wanted->y() - m_appearance.scaled(6)); });
}

QVariantMap ControlsPanel::foldState() const {
    QVariantMap state;
    for (const ControlGroup* each : m_groups) {
        const QString key = QLatin1String(groupKey(each->id()));
        state.insert(key, each->isOpen());
        state.insert(key + QStringLiteral(".more"), each->isFurtherOpen());
    }
    return state;
}

void ControlsPanel::restoreFoldState(const QVariantMap& state) {
    for (ControlGroup* each : m_groups) {
        const QString key = QLatin1String(groupKey(each->id()));
        if (const QVariant open = state.value(key); open.canConvert<bool>()) each->setOpen(open.toBool());
        if (const QVariant open = state.value(key + QStringLiteral(".more")); open.canConvert<bool>()) each->setFurtherOpen(open.toBool());
    }
}

void ControlsPanel::setKibanaAddress(const QString& address) { m_output->setKibanaAddress(address); }
void ControlsPanel::setConnectionAnswer(bool ok, const QString& sentence) { m_output->setConnectionAnswer(ok, sentence); }
void ControlsPanel::setCredentialsKept(bool kept) { m_output->setCredentialsKept(kept); }

QSize ControlsPanel::sizeHint() const { return {std::min(kUsualWidth, kMostWidth), 600}; }
QSize ControlsPanel::minimumSizeHint() const { return {kLeastWidth, 200}; }

} // namespace sg
