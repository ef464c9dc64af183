#include "ui/views/tables_panel.h"

#include "ui/style/number_text.h"
#include "ui/views/batches_tab.h"
#include "ui/views/cell_delegate.h"
#include "ui/views/dead_letters_tab.h"
#include "ui/views/log_tab.h"
#include "ui/views/problems_tab.h"

#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace sg {

TablesPanel::TablesPanel(Feed& feed, Appearance& appearance, QWidget* parent) : QWidget(parent), m_feed(feed), m_appearance(appearance) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSizeConstraint(QLayout::SetNoConstraint);
    m_tabs = new QTabWidget(this);
    m_tabs->tabBar()->setDrawBase(false);
    m_tabs->tabBar()->setExpanding(false);
    m_tabs->tabBar()->setAccessibleName(tr("Tables"));
    m_tabs->setMinimumHeight(0);
    column->addWidget(m_tabs);
    m_newest = new QPushButton(tr("To the newest"), m_tabs);
    m_newest->setProperty("role", "flat");
    m_newest->setToolTip(tr("Rows arrive above while you read; this lets go of the chosen rows and shows them (Esc)"));
    m_tabs->setCornerWidget(m_newest);

    m_batches = new BatchesTab(feed, appearance);
    m_log = new LogTab(feed, appearance);
    m_dead = new DeadLettersTab(feed, appearance);
    m_problems = new ProblemsTab(feed, appearance);
    add(m_batches, QStringLiteral("batches"), tr("Batches"));
    add(m_log, QStringLiteral("log"), tr("Live log"));
    add(m_dead, QStringLiteral("dead-letters"), tr("Dead letters"));
    add(m_problems, QStringLiteral("problems"), tr("Problems"));

    connect(m_problems, &ProblemsTab::openChanged, this, [this](int open) {
        m_open = open;
        retitle();
        emit openProblemsChanged(open);
    });
    connect(m_dead, &DeadLettersTab::countChanged, this, [this](quint64 count) {
        m_deadCount = count;
        retitle();
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, [this] {
        refreshCorner();
        emit tabChanged(currentTab());
    });
    connect(&m_batches->view(), &RowView::readingChanged, this, &TablesPanel::refreshCorner);
    connect(&m_dead->view(), &RowView::readingChanged, this, &TablesPanel::refreshCorner);
    connect(m_newest, &QPushButton::clicked, this, [this] {
        RowView& view = m_tabs->currentWidget() == m_dead ? m_dead->view() : m_batches->view();
        view.setFocus();
        view.showNewest();
    });
    m_open = m_problems->model().open();
    m_deadCount = m_dead->model().total();
    retitle();
    refreshCorner();
    setFocusProxy(m_tabs);
}

void TablesPanel::add(QWidget* tab, const QString& id, const QString& title) {
    tab->setObjectName(id);
    m_tabs->addTab(tab, title);
}

void TablesPanel::retitle() {
    const auto with = [](const QString& title, quint64 count) {
        return count == 0 ? title : QStringLiteral("%1 (%2)").arg(title, countText(count));
    };
    const auto set = [this](QWidget* tab, const QString& title) {
        const int at = m_tabs->indexOf(tab);
        if (m_tabs->tabText(at) != title) m_tabs->setTabText(at, title);
    };
    set(m_dead, with(tr("Dead letters"), m_deadCount));
    set(m_problems, with(tr("Problems"), static_cast<quint64>(m_open)));
}

void TablesPanel::refreshCorner() {
    const QWidget* tab = m_tabs->currentWidget();
    const bool reading = (tab == m_batches && m_batches->view().isReading()) || (tab == m_dead && m_dead->view().isReading());
    m_newest->setVisible(reading);
}

void TablesPanel::showTab(const QString& id) {
    for (int at = 0; at < m_tabs->count(); ++at)
        if (m_tabs->widget(at)->objectName() == id) m_tabs->setCurrentIndex(at);
}

QString TablesPanel::currentTab() const { return m_tabs->currentWidget()->objectName(); }

QSize TablesPanel::sizeHint() const { return {800, m_tabs->tabBar()->sizeHint().height() + tableRowHeight(m_appearance) * 6}; }

QSize TablesPanel::minimumSizeHint() const { return {200, m_tabs->tabBar()->sizeHint().height()}; }

} // namespace sg
