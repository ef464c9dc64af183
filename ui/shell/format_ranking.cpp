#include "ui/shell/format_ranking.h"

#include "ui/models/keyed_table.h"
#include "ui/style/number_text.h"
#include "ui/views/cell_delegate.h"

#include <QHeaderView>

namespace sg {
namespace {

enum Column { kName, kShare, kLines, kRemark, kColumns };

} // namespace

FormatRanking::FormatRanking(Appearance& appearance, QWidget* parent) : QTableWidget(0, kColumns, parent), m_appearance(appearance) {
    setAccessibleName(tr("Formats, best first"));
    setHorizontalHeaderLabels({tr("Format"), tr("Reads"), tr("Lines"), tr("Beside the first")});
    for (int column = 0; column < kColumns; ++column)
        horizontalHeaderItem(column)->setTextAlignment((column == kShare || column == kLines ? Qt::AlignRight : Qt::AlignLeft) |
                                                       Qt::AlignVCenter);
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->setSectionResizeMode(kRemark, QHeaderView::Stretch);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(false);
    verticalHeader()->setVisible(false);
    verticalHeader()->setDefaultSectionSize(tableRowHeight(appearance));
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new CellDelegate(appearance, this));
    connect(&appearance, &Appearance::changed, this, [this] { verticalHeader()->setDefaultSectionSize(tableRowHeight(m_appearance)); });
    connect(this, &QTableWidget::currentItemChanged, this, [this](QTableWidgetItem* now) {
        if (now == nullptr || signalsBlocked()) return;
        const QTableWidgetItem* name = item(now->row(), kName);
        emit chosen(name->text(), name->data(Qt::UserRole).toString());
    });
}

void FormatRanking::setLog(const RecognisedLog& log) {
    const QSignalBlocker quiet(this);
    setRowCount(static_cast<int>(log.candidates.size()));
    for (int row = 0; row < rowCount(); ++row) {
        const FormatCandidate& candidate = log.candidates[static_cast<std::size_t>(row)];
        const auto put = [&](int column, const QString& text, bool right, bool dim) {
            auto* made = new QTableWidgetItem(text);
            made->setData(Qt::TextAlignmentRole, ((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter).toInt());
            made->setData(kDimRole, dim);
            made->setData(kStrongRole, row == 0 && column == kName);
            made->setToolTip(text);
            setItem(row, column, made);
        };
        put(kName, QString::fromStdString(candidate.name), false, false);
        item(row, kName)->setData(Qt::UserRole, QString::fromStdString(candidate.is));
        if (candidate.own) item(row, kName)->setToolTip(QString::fromStdString(candidate.is));
        put(kShare, shareText(candidate.share), true, false);
        put(kLines, countText(candidate.matched), true, true);
        put(kRemark, candidate.own && candidate.remark.empty() ? tr("of the profile") : QString::fromStdString(candidate.remark), false, true);
    }
    setCurrentItem(nullptr);
    clearSelection();
}

void FormatRanking::clearLog() {
    const QSignalBlocker quiet(this);
    setRowCount(0);
}

void FormatRanking::markRow(const QString& name) {
    const QSignalBlocker quiet(this);
    clearSelection();
    for (int row = 0; row < rowCount(); ++row)
        if (item(row, kName)->text() == name) selectRow(row);
}

} // namespace sg
