#pragma once
/// The micro-batches in Spark's words, newest first; the planned one that is being worked on stands on top.
#include "core/contract/snapshot.h"
#include "ui/models/keyed_table.h"

#include <cstdint>
#include <set>

namespace sg {

enum class BatchState : std::uint8_t {
    Planned,   ///< its chunks are named, its results are not there yet
    Committed, ///< counted; its documents wait for Elasticsearch
    Indexed,   ///< and answered for by Elasticsearch
    Off,       ///< counted; no output was asked for
};

struct BatchRow {
    BatchProgress progress;
    BatchState state = BatchState::Planned;
    [[nodiscard]] std::uint64_t key() const { return progress.id.value; }
    /// What is shown of a committed batch never changes but its state.
    friend bool operator==(const BatchRow& a, const BatchRow& b) {
        return a.state == b.state && a.progress.id == b.progress.id && a.progress.lines == b.progress.lines;
    }
};

class BatchTable : public KeyedTable<BatchRow> {
    Q_OBJECT

public:
    enum Column { Batch, Planned, Chunks, Lines, Dead, Late, InputRate, ProcessRate, SchedulingDelay, ProcessingTime, TotalDelay, State };
    static constexpr int kColumns = State + 1;

    using KeyedTable<BatchRow>::KeyedTable;
    /// `output` may be null; `asked` = documents are delivered now.
    void take(const BatchPart& batch, const OutputPart* output, bool asked);

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::set<std::uint64_t> m_off; ///< batches that were committed while no output was asked for
    std::uint64_t m_seen = 0;      ///< the newest batch that was looked at
};

[[nodiscard]] QString batchStateText(BatchState state);

} // namespace sg
