#include "ui/controls/stages_control.h"

#include "ui/controls/control_header.h"
#include "ui/controls/field_value.h"
#include "ui/controls/fold_button.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QShortcut>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr int kVisibleRows = 5;
constexpr Stage kNewStage{Milliseconds(30'000), 1000};

} // namespace

StagesControl::StagesControl(ControlContext context, const ControlRow& row, QWidget* parent)
    : TuningControl(context, row, parent), m_toggle(new FoldButton(appearance(), Appearance::Text::Body, name(), this)),
      m_inside(new QWidget(this)), m_table(new QTableWidget(0, 2, m_inside)) {
    header()->replaceLabel(m_toggle);
    body()->addWidget(m_inside);
    auto* inside = new QVBoxLayout(m_inside);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(2);
    inside->addWidget(m_table);
    m_table->setHorizontalHeaderLabels({tr("For"), tr("Rate at its end")});
    for (int column = 0; column < 2; ++column) m_table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setAccessibleName(name());
    connect(m_table, &QTableWidget::cellChanged, this, &StagesControl::changedCell);
    auto* remove = new QShortcut(QKeySequence::Delete, m_table, nullptr, nullptr, Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, &StagesControl::removeCurrent);
    auto* line = new QHBoxLayout;
    line->setSpacing(2);
    QVector<QToolButton*> buttons;
    for (const auto& [text, tip] :
         {std::pair(QStringLiteral("+"), tr("Add a stage")), std::pair(QString(QChar(0x2212)), tr("Remove the chosen stage (Delete)"))}) {
        auto* button = new QToolButton(m_inside);
        button->setText(text);
        button->setAccessibleName(tip);
        button->setToolTip(tip);
        button->setProperty("role", QStringLiteral("flat"));
        line->addWidget(button);
        buttons << button;
    }
    connect(buttons[0], &QAbstractButton::clicked, this, &StagesControl::add);
    connect(buttons[1], &QAbstractButton::clicked, this, &StagesControl::removeCurrent);
    line->addStretch();
    inside->addLayout(line);
    connect(m_toggle, &QAbstractButton::toggled, m_inside, &QWidget::setVisible);
    connect(&appearance(), &Appearance::changed, this, &StagesControl::fill);
    m_toggle->setChecked(false);
    fill();
    finish({m_toggle, m_table, buttons[0], buttons[1]});
}

QString StagesControl::shownValue() const {
    return m_stages.empty() ? tr("none") : tr("%n stage(s)", nullptr, static_cast<int>(m_stages.size()));
}

void StagesControl::present(Tuning& wanted) {
    const bool same = m_stages == wanted.traffic.stages && m_table->rowCount() == static_cast<int>(m_stages.size());
    m_stages = wanted.traffic.stages;
    m_toggle->setSummary(shownValue());
    if (!same) fill();
}

void StagesControl::fill() {
    m_filling = true;
    m_table->setRowCount(static_cast<int>(m_stages.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const Stage& stage = m_stages[static_cast<std::size_t>(row)];
        const QString texts[] = {valueText(Look::Duration, static_cast<double>(stage.duration.count())),
                                 valueText(Look::Count, stage.rate) + QStringLiteral(" /s")};
        for (int column = 0; column < 2; ++column) {
            auto* item = new QTableWidgetItem(texts[column]);
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_table->setItem(row, column, item);
        }
    }
    m_filling = false;
    const int line = QFontMetrics(appearance().font(Appearance::Text::Body)).height() + appearance().scaled(6);
    m_table->verticalHeader()->setMinimumSectionSize(line);
    m_table->verticalHeader()->setDefaultSectionSize(line);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() + std::clamp(m_table->rowCount(), 1, kVisibleRows) * line + 2);
}

void StagesControl::changedCell(int row, int column) {
    if (m_filling || row < 0 || static_cast<std::size_t>(row) >= m_stages.size()) return;
    const QString text = m_table->item(row, column)->text();
    const auto value = parseValue(column == 0 ? Look::Duration : Look::Rate, text);
    const double most = numberRange(profileField("traffic", column == 0 ? "period" : "rate")).high;
    if (!value || *value < 0 || *value > most || (column == 0 && *value < 1)) {
        setProblem(column == 0 ? tr("\"%1\" is no time; write 30s or 5 min.").arg(text)
                               : tr("\"%1\" is no rate; write 500 or 50k.").arg(text));
        fill();
        return;
    }
    std::vector<Stage> next = m_stages;
    if (column == 0) next[static_cast<std::size_t>(row)].duration = Milliseconds(std::llround(*value));
    else next[static_cast<std::size_t>(row)].rate = *value;
    write(std::move(next));
}

void StagesControl::add() {
    m_toggle->setChecked(true);
    std::vector<Stage> next = m_stages;
    next.push_back(next.empty() ? kNewStage : next.back());
    write(std::move(next));
}

void StagesControl::removeCurrent() {
    const int row = m_table->currentRow();
    if (row < 0 || static_cast<std::size_t>(row) >= m_stages.size()) return;
    std::vector<Stage> next = m_stages;
    next.erase(next.begin() + row);
    write(std::move(next));
}

void StagesControl::write(std::vector<Stage> stages) {
    setProblem({});
    commit(tr("%n stage(s)", nullptr, static_cast<int>(stages.size())), [&](Tuning& wanted) { wanted.traffic.stages = std::move(stages); });
}

} // namespace sg
