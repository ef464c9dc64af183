#include "ui/models/batch_table.h"

#include "ui/style/number_text.h"

#include <QDateTime>
#include <QLocale>

namespace sg {
namespace {

QString seconds(double ms) { return QLocale().toString(ms / 1000, 'f', 2) + QStringLiteral(" s"); }

QString absent() { return QStringLiteral("-"); }

} // namespace

QString batchStateText(BatchState state) {
    switch (state) {
    case BatchState::Planned:
        return BatchTable::tr("planned");
    case BatchState::Committed:
        return BatchTable::tr("committed");
    case BatchState::Indexed:
        return BatchTable::tr("indexed");
    case BatchState::Off:
        break;
    }
    return BatchTable::tr("off");
}

void BatchTable::take(const BatchPart& batch, const OutputPart* output, bool asked) {
    if (!batch.recent.empty() && batch.recent.back().id.value < m_seen) {
        m_off.clear();
        m_seen = 0;
    }
    std::vector<BatchRow> next;
    next.reserve(batch.recent.size() + 1);
    if (batch.ledger.open > 0) {
        BatchRow row;
        row.progress.id = {batch.recent.empty() ? 1 : batch.recent.back().id.value + 1};
        row.progress.lines = batch.ledger.open;
        next.push_back(row);
    }
    // Delivery is in the order of the batches: what waits is the newest.
    std::uint64_t waiting = output != nullptr ? output->batchesWaiting : 0;
    for (auto at = batch.recent.rbegin(); at != batch.recent.rend(); ++at) {
        BatchRow row{*at, BatchState::Indexed};
        const std::uint64_t id = at->id.value;
        if (id > m_seen && !asked) m_off.insert(id);
        if (m_off.contains(id)) row.state = BatchState::Off;
        else if (!at->delivered && waiting > 0) {
            row.state = BatchState::Committed;
            --waiting;
        }
        next.push_back(row);
    }
    if (!batch.recent.empty()) {
        m_seen = batch.recent.back().id.value;
        m_off.erase(m_off.begin(), m_off.lower_bound(batch.recent.front().id.value));
    }
    replaceRows(std::move(next));
}

int BatchTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant BatchTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const BatchRow& row = rowAt(index.row());
    const BatchProgress& batch = row.progress;
    const bool planned = row.state == BatchState::Planned;
    if (role == Qt::TextAlignmentRole)
        return int(index.column() == State ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
    if (role == kDimRole) return planned && index.column() != Batch && index.column() != Lines && index.column() != State;
    if (role == kMarkRole && index.column() == Dead && batch.dead > 0) return int(CellMark::Warning);
    if (role == Qt::ToolTipRole) {
        if (index.column() == State) {
            switch (row.state) {
            case BatchState::Planned:
                return tr("Its chunks are chosen and written down; its lines are being read.");
            case BatchState::Committed:
                return tr("Counted once and for all; its documents wait for Elasticsearch.");
            case BatchState::Indexed:
                return tr("Elasticsearch has answered for each of its documents.");
            case BatchState::Off:
                return tr("Counted once and for all; no Elasticsearch was asked for when it was made.");
            }
        }
        if (index.column() == ProcessingTime && !planned)
            return tr("Listing %1, plan %2, parse and count %3, commit %4")
                .arg(millisecondsText(batch.latestOffsetMs), millisecondsText(batch.walCommitMs), millisecondsText(batch.addBatchMs),
                     millisecondsText(batch.commitMs));
        return {};
    }
    if (role != Qt::DisplayRole) return {};
    if (planned && index.column() != Batch && index.column() != Lines && index.column() != State) return absent();
    switch (index.column()) {
    case Batch:
        return QString::number(batch.id.value);
    case Planned:
        return QDateTime::fromMSecsSinceEpoch(batch.planned.ns / 1'000'000).toString(QStringLiteral("HH:mm:ss.zzz"));
    case Chunks:
        return countText(batch.chunks);
    case Lines:
        return countText(batch.lines);
    case Dead:
        return countText(batch.dead);
    case Late:
        return countText(batch.late);
    case InputRate:
        return rateText(batch.inputRowsPerSecond);
    case ProcessRate:
        return rateText(batch.processedRowsPerSecond);
    case SchedulingDelay:
        return seconds(batch.schedulingDelayMs);
    case ProcessingTime:
        return seconds(batch.triggerMs);
    case TotalDelay:
        return seconds(batch.totalDelayMs);
    default:
        return batchStateText(row.state);
    }
}

QVariant BatchTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return int(section == State ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::DisplayRole) {
        switch (section) {
        case Batch:
            return tr("Batch");
        case Planned:
            return tr("Planned");
        case Chunks:
            return tr("Chunks");
        case Lines:
            return tr("Lines");
        case Dead:
            return tr("Dead");
        case Late:
            return tr("Late");
        case InputRate:
            return tr("Input rate");
        case ProcessRate:
            return tr("Process rate");
        case SchedulingDelay:
            return tr("Scheduling delay");
        case ProcessingTime:
            return tr("Processing time");
        case TotalDelay:
            return tr("Total delay");
        default:
            return tr("State");
        }
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case InputRate:
            return tr("Lines that came in per second since the batch before");
        case ProcessRate:
            return tr("Lines per second of processing: how much it could take");
        case SchedulingDelay:
            return tr("From the time its oldest line was due until it started");
        case ProcessingTime:
            return tr("From its start to its commit");
        case TotalDelay:
            return tr("Scheduling delay and processing time");
        case Late:
            return tr("Lines older than the watermark: they miss their second and count in all sums");
        default:
            break;
        }
    }
    return {};
}

} // namespace sg
