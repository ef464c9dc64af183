#include "ui/controls/weight_table.h"

#include "ui/controls/fold_button.h"

#include <QFile>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QShortcut>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace sg {
namespace {

constexpr int kVisibleRows = 5;
constexpr qint64 kMaxImportBytes = 4 << 20;
constexpr std::size_t kMaxImported = 2000;

QToolButton* flatButton(const QString& text, const QString& tip, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setProperty("role", QStringLiteral("flat"));
    return button;
}

} // namespace

WeightTable::WeightTable(Appearance& appearance, const Texts& texts, Check check, QWidget* parent)
    : QWidget(parent), m_appearance(appearance), m_texts(texts), m_check(std::move(check)),
      m_toggle(new FoldButton(appearance, Appearance::Text::Body, texts.title, this)), m_inside(new QWidget(this)),
      m_table(new QTableWidget(0, 2, m_inside)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(appearance.scaled(2));
    layout->addWidget(m_toggle);
    layout->addWidget(m_inside);
    auto* inside = new QVBoxLayout(m_inside);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(appearance.scaled(2));
    inside->addWidget(m_table);

    m_table->setHorizontalHeaderLabels({texts.nameHeader, texts.weightHeader});
    m_table->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeaderItem(1)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    m_table->setAccessibleName(texts.title);
    connect(m_table, &QTableWidget::cellChanged, this, &WeightTable::changedCell);

    m_buttons = new QWidget(m_inside);
    auto* buttons = new QHBoxLayout(m_buttons);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->setSpacing(appearance.scaled(2));
    auto* plus = flatButton(QStringLiteral("+"), tr("Add a row to %1").arg(texts.title), m_buttons);
    auto* minus = flatButton(QString(QChar(0x2212)), tr("Remove the chosen row of %1 (Delete)").arg(texts.title), m_buttons);
    connect(plus, &QAbstractButton::clicked, this, &WeightTable::add);
    connect(minus, &QAbstractButton::clicked, this, &WeightTable::removeCurrent);
    buttons->addWidget(plus);
    buttons->addWidget(minus);
    if (texts.import) {
        auto* import = flatButton(tr("File"), tr("Read %1 from a file: one a line").arg(texts.title), m_buttons);
        connect(import, &QAbstractButton::clicked, this, &WeightTable::importRequested);
        buttons->addWidget(import);
    }
    buttons->addStretch();
    inside->addWidget(m_buttons);
    auto* remove = new QShortcut(QKeySequence::Delete, m_table, nullptr, nullptr, Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, &WeightTable::removeCurrent);
    connect(m_toggle, &QAbstractButton::toggled, m_inside, &QWidget::setVisible);
    connect(&appearance, &Appearance::changed, this, &WeightTable::fit);
    m_toggle->setChecked(false);
    fit();
}

bool WeightTable::isOpen() const { return m_toggle->isChecked(); }
void WeightTable::setOpen(bool open) { m_toggle->setChecked(open); }

void WeightTable::fit() {
    const int line = QFontMetrics(m_appearance.font(Appearance::Text::Body)).height() + m_appearance.scaled(6);
    m_table->verticalHeader()->setMinimumSectionSize(line);
    m_table->verticalHeader()->setDefaultSectionSize(line);
    const int rows = std::clamp(m_table->rowCount(), 1, kVisibleRows);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() + rows * line + 2);
}

void WeightTable::setWeights(const std::vector<Weight>& weights, const QString& summary) {
    static_cast<FoldButton*>(m_toggle)->setSummary(summary);
    if (weights == m_weights && m_table->rowCount() == static_cast<int>(weights.size())) return;
    m_weights = weights;
    m_filling = true;
    const int current = m_table->currentRow();
    m_table->setRowCount(static_cast<int>(weights.size()));
    for (int i = 0; i < m_table->rowCount(); ++i) {
        const Weight& weight = weights[static_cast<std::size_t>(i)];
        const QString name = QString::fromStdString(weight.name);
        auto* nameItem = new QTableWidgetItem(name);
        nameItem->setToolTip(name);
        QString number = QLocale().toString(weight.weight, 'f', m_texts.percent ? 2 : 3);
        while (number.contains(QLocale().decimalPoint()) &&
               (number.endsWith(QLatin1Char('0')) || number.endsWith(QLocale().decimalPoint())))
            number.chop(1);
        auto* weightItem = new QTableWidgetItem(m_texts.percent ? number + QStringLiteral(" %") : number);
        weightItem->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_table->setItem(i, 0, nameItem);
        m_table->setItem(i, 1, weightItem);
    }
    m_filling = false;
    if (current >= 0) m_table->setCurrentCell(std::min(current, m_table->rowCount() - 1), 0);
    fit();
}

std::vector<Weight> WeightTable::weights() const { return m_weights; }

void WeightTable::changedCell(int row, int column) {
    if (m_filling || row < 0 || static_cast<std::size_t>(row) >= m_weights.size()) return;
    std::vector<Weight> next = m_weights;
    Weight& weight = next[static_cast<std::size_t>(row)];
    const QString text = m_table->item(row, column)->text().trimmed();
    QString problem;
    if (column == 0) {
        problem = m_check ? m_check(text) : QString();
        weight.name = text.toStdString();
        const auto twins = std::count_if(next.begin(), next.end(), [&](const Weight& each) { return each.name == weight.name; });
        if (problem.isEmpty() && twins > 1) problem = tr("\"%1\" is there already.").arg(text);
    } else {
        QString number = text;
        number.remove(QLatin1Char('%'));
        bool right = false;
        weight.weight = QLocale().toDouble(number.trimmed(), &right);
        if (!right) weight.weight = QLocale::c().toDouble(number.trimmed(), &right);
        if (!right || !std::isfinite(weight.weight) || weight.weight < 0)
            problem = tr("\"%1\" is no share; write a number from 0 on.").arg(text);
    }
    const std::vector<Weight> before = std::exchange(m_weights, {});
    if (!problem.isEmpty()) {
        setWeights(before, static_cast<FoldButton*>(m_toggle)->accessibleDescription());
        emit wrong(problem);
        return;
    }
    m_weights = before;
    emit wrong({});
    emit edited(next);
}

void WeightTable::add() {
    setOpen(true);
    std::vector<Weight> next = m_weights;
    QString name = m_texts.example;
    const auto taken = [&](const QString& each) {
        return std::any_of(next.begin(), next.end(), [&](const Weight& weight) { return weight.name == each.toStdString(); });
    };
    bool isNumber = false;
    const int code = name.toInt(&isNumber);
    for (int i = 1; taken(name) && i < 1000; ++i) name = isNumber ? QString::number(code + i) : m_texts.example + QString::number(i + 1);
    next.push_back({name.toStdString(), 1});
    emit edited(next);
    for (int row = 0; row < m_table->rowCount(); ++row) {
        if (m_table->item(row, 0)->text() != name) continue;
        m_table->setCurrentCell(row, 0);
        m_table->setFocus();
        m_table->editItem(m_table->item(row, 0));
    }
}

void WeightTable::removeCurrent() {
    const int row = m_table->currentRow();
    if (row < 0 || static_cast<std::size_t>(row) >= m_weights.size()) return;
    std::vector<Weight> next = m_weights;
    next.erase(next.begin() + row);
    emit edited(next);
}

QString WeightTable::importFile(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return tr("%1 cannot be read: %2.").arg(path, file.errorString());
    if (file.size() > kMaxImportBytes) return tr("%1 is larger than 4 MiB; a list has one name a line.").arg(path);
    std::vector<Weight> next;
    int line = 0;
    while (!file.atEnd()) {
        ++line;
        const QString text = QString::fromUtf8(file.readLine()).trimmed();
        if (text.isEmpty() || text.startsWith(QLatin1Char('#'))) continue;
        const QString name = text.section(QLatin1Char('\t'), 0, 0).trimmed();
        bool right = true;
        const double weight =
            text.contains(QLatin1Char('\t')) ? QLocale::c().toDouble(text.section(QLatin1Char('\t'), 1).trimmed(), &right) : 1;
        const QString problem = m_check ? m_check(name) : QString();
        if (!problem.isEmpty()) return tr("%1, line %2: %3").arg(path).arg(line).arg(problem);
        if (!right || !(weight > 0) || !std::isfinite(weight))
            return tr("%1, line %2: the weight behind the tab is no number above 0.").arg(path).arg(line);
        next.push_back({name.toStdString(), weight});
        if (next.size() > kMaxImported) return tr("%1 has more than %2 lines.").arg(path).arg(kMaxImported);
    }
    if (next.empty()) return tr("%1 holds no line.").arg(path);
    emit edited(next);
    return {};
}

} // namespace sg
