#pragma once
/// What a person should know, of all stages: one row a problem. Open ones first, the grave ones on top; resolved ones stay, dim.
#include "core/contract/snapshot.h"
#include "core/pipeline/pipeline.h"
#include "ui/models/keyed_table.h"

#include <optional>
#include <string>
#include <utility>

namespace sg {

struct ProblemRow {
    std::optional<StageName> stage; ///< none: of the metrics
    Problem problem;
    [[nodiscard]] std::pair<std::optional<StageName>, std::string> key() const { return {stage, problem.key}; }
    friend bool operator==(const ProblemRow& a, const ProblemRow& b) {
        return a.problem.count == b.problem.count && a.problem.last == b.problem.last && a.problem.resolved == b.problem.resolved &&
               a.problem.severity == b.problem.severity && a.problem.sentence == b.problem.sentence && a.problem.advice == b.problem.advice;
    }
};

class ProblemTable : public KeyedTable<ProblemRow> {
    Q_OBJECT

public:
    enum Column { Severity, Stage, Sentence, Count, First, Last, Advice };
    static constexpr int kColumns = Advice + 1;

    using KeyedTable<ProblemRow>::KeyedTable;
    void take(const Snapshot& snapshot);
    /// Warnings and errors that are still true.
    [[nodiscard]] int open() const { return m_open; }

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    int m_open = 0;
};

[[nodiscard]] QString stageNameText(StageName stage);
/// Null when the snapshot has no such stage.
[[nodiscard]] const StageStatus* stageStatus(const Snapshot& snapshot, StageName stage);

} // namespace sg
