#include "ui/views/table_tab.h"

namespace sg {

TableTab::TableTab(QWidget* parent) : QWidget(parent) {
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_column->setSizeConstraint(QLayout::SetNoConstraint);
    m_stack = new QStackedLayout;
    m_column->addLayout(m_stack, 1);
    m_empty = new QLabel;
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setMargin(12);
    m_empty->setProperty("role", "caption");
    m_empty->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    m_stack->addWidget(m_empty);
}

QHBoxLayout* TableTab::tools() {
    if (m_tools == nullptr) {
        m_tools = new QHBoxLayout;
        m_tools->setContentsMargins(10, 6, 10, 6);
        m_tools->setSpacing(6);
        m_column->insertLayout(0, m_tools);
    }
    return m_tools;
}

void TableTab::setContent(QWidget* view) { m_stack->addWidget(view); }

void TableTab::setEmptyText(const QString& text) {
    if (!text.isEmpty()) m_empty->setText(text);
    m_stack->setCurrentIndex(text.isEmpty() && m_stack->count() > 1 ? 1 : 0);
}

} // namespace sg
