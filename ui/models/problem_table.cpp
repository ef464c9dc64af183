#include "ui/models/problem_table.h"

#include "ui/style/number_text.h"

#include <QDateTime>

#include <tuple>

namespace sg {
namespace {

QString severityText(const Problem& problem) {
    if (problem.resolved) return ProblemTable::tr("resolved");
    switch (problem.severity) {
    case sg::Severity::Info:
        return ProblemTable::tr("note");
    case sg::Severity::Warning:
        return ProblemTable::tr("warning");
    case sg::Severity::Error:
        break;
    }
    return ProblemTable::tr("error");
}

CellMark severityMark(const Problem& problem) {
    if (problem.resolved) return CellMark::Done;
    switch (problem.severity) {
    case sg::Severity::Info:
        return CellMark::Info;
    case sg::Severity::Warning:
        return CellMark::Warning;
    case sg::Severity::Error:
        break;
    }
    return CellMark::Error;
}

QString moment(Timestamp time, bool whole) {
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(time.ns / 1'000'000);
    if (whole) return at.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz t"));
    return at.toString(at.date() == QDate::currentDate() ? QStringLiteral("HH:mm:ss") : QStringLiteral("MM-dd HH:mm"));
}

} // namespace

QString stageNameText(StageName stage) {
    switch (stage) {
    case StageName::Generator:
        return ProblemTable::tr("Generator");
    case StageName::Splitter:
        return ProblemTable::tr("Splitter");
    case StageName::Batch:
        return ProblemTable::tr("Micro-batch");
    case StageName::Output:
        break;
    }
    return ProblemTable::tr("Elasticsearch");
}

const StageStatus* stageStatus(const Snapshot& snapshot, StageName stage) {
    switch (stage) {
    case StageName::Generator:
        return snapshot.generator ? &snapshot.generator->stage : nullptr;
    case StageName::Splitter:
        return snapshot.splitter ? &snapshot.splitter->stage : nullptr;
    case StageName::Batch:
        return snapshot.batch ? &snapshot.batch->stage : nullptr;
    case StageName::Output:
        break;
    }
    return snapshot.output ? &snapshot.output->stage : nullptr;
}

void ProblemTable::take(const Snapshot& snapshot) {
    std::vector<ProblemRow> next;
    m_open = 0;
    const auto add = [&](std::optional<StageName> stage, const std::vector<Problem>& problems) {
        for (const Problem& problem : problems) {
            next.push_back({stage, problem});
            if (!problem.resolved && problem.severity != sg::Severity::Info) ++m_open;
        }
    };
    for (const StageName stage : {StageName::Generator, StageName::Splitter, StageName::Batch, StageName::Output})
        if (const StageStatus* status = stageStatus(snapshot, stage)) add(stage, status->problems);
    if (snapshot.metrics) add(std::nullopt, snapshot.metrics->problems);
    std::stable_sort(next.begin(), next.end(), [](const ProblemRow& a, const ProblemRow& b) {
        const auto rank = [](const ProblemRow& row) {
            return std::tuple(row.problem.resolved, -static_cast<int>(row.problem.severity), -row.problem.first.ns);
        };
        return rank(a) < rank(b);
    });
    replaceRows(std::move(next));
}

int ProblemTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant ProblemTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const ProblemRow& row = rowAt(index.row());
    const Problem& problem = row.problem;
    if (role == Qt::TextAlignmentRole) return int((index.column() == Count ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == kDimRole) return problem.resolved;
    if (role == kMarkRole && index.column() == Severity) return int(severityMark(problem));
    if (role == kStrongRole) return index.column() == Sentence && !problem.resolved && problem.severity == sg::Severity::Error;
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const bool whole = role == Qt::ToolTipRole;
    switch (index.column()) {
    case Severity:
        return severityText(problem);
    case Stage:
        return row.stage ? stageNameText(*row.stage) : tr("Metrics");
    case Sentence:
        return rawText(problem.sentence);
    case Count:
        return countText(problem.count);
    case First:
        return moment(problem.first, whole);
    case Last:
        return moment(problem.last, whole);
    default:
        return problem.advice.empty() ? QStringLiteral("-") : rawText(problem.advice);
    }
}

QVariant ProblemTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return int((section == Count ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Severity:
        return tr("Severity");
    case Stage:
        return tr("Stage");
    case Sentence:
        return tr("Problem");
    case Count:
        return tr("Count");
    case First:
        return tr("First");
    case Last:
        return tr("Last");
    default:
        return tr("What to do");
    }
}

} // namespace sg
