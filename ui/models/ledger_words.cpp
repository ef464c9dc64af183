#include "ui/models/ledger_words.h"

#include "ui/style/number_text.h"

#include <QCoreApplication>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::Ledger", text); }

} // namespace

QVector<LedgerTerm> ledgerTerms(const Ledger& ledger, bool outputOn) {
    QVector<LedgerTerm> terms;
    const auto term = [&terms](const QString& name, std::uint64_t count, bool always) {
        if (count > 0 || always) terms.append({name, count});
    };
    term(tr("indexed"), ledger.indexed(), outputOn);
    term(tr("kept here"), ledger.notRequested, !outputOn);
    term(tr("dead letters"), ledger.deadLeft(), true);
    term(tr("in flight"), ledger.inFlight(), true);
    term(tr("skipped"), ledger.skipped, false);
    term(tr("lost"), ledger.lost, false);
    term(tr("abandoned"), ledger.abandoned, false);
    term(tr("before this store"), ledger.opening, false);
    return terms;
}

QString ledgerSentence(const Ledger& ledger, bool outputOn) {
    QString out = countText(ledger.logLines()) + QLatin1Char(' ') + tr("lines");
    QString sign = QStringLiteral(" = ");
    for (const LedgerTerm& term : ledgerTerms(ledger, outputOn)) {
        out += sign + countText(term.count) + QLatin1Char(' ') + term.name;
        sign = QStringLiteral(" + ");
    }
    return out;
}

QString ledgerVerdict(const Ledger& ledger) {
    const auto differences = ledger.differences();
    if (!differences.empty()) return QString::fromStdString(differences.front());
    if (ledger.lost + ledger.abandoned > 0) return tr("%1 lines were lost or abandoned").arg(countText(ledger.lost + ledger.abandoned));
    return tr("nothing lost, nothing twice");
}

QVector<LedgerTerm> ledgerRows(const Ledger& ledger) {
    QVector<LedgerTerm> rows = {
        {tr("lines read"), ledger.lines},
        {tr("in chunks (split)"), ledger.split},
        {tr("not yet in a chunk"), ledger.unsplit},
        {tr("planned into batches"), ledger.planned},
        {tr("waiting for a batch"), ledger.waiting},
        {tr("in the open batch"), ledger.open},
        {tr("committed"), ledger.committed},
        {tr("parsed"), ledger.parsed},
        {tr("dead: could not be read"), ledger.deadParse()},
        {tr("dead: rejected by the server"), ledger.rejected},
        {tr("skipped (blank, headers)"), ledger.skipped},
        {tr("created"), ledger.created},
        {tr("there already (sent again after a stop)"), ledger.duplicate},
        {tr("undelivered"), ledger.undelivered},
        {tr("kept here (no Elasticsearch asked for)"), ledger.notRequested},
        {tr("abandoned"), ledger.abandoned},
        {tr("lost"), ledger.lost},
    };
    if (ledger.resolved() > 0) {
        rows.append({tr("dead letters retried: lines again, counted twice above"), ledger.resolved()});
        rows.append({tr("lines of the logs, each counted once"), ledger.logLines()});
    }
    if (ledger.opening > 0) rows.append({tr("released before this store began"), ledger.opening});
    rows.append({tr("late (a label, counted above)"), ledger.late});
    return rows;
}

} // namespace sg
