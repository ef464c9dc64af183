#pragma once
/// The books in words: one place for the names that the window and the exports give to what a Ledger counts.
#include "core/contract/snapshot.h"

#include <QString>
#include <QVector>

namespace sg {

struct LedgerTerm {
    QString name;
    std::uint64_t count = 0;
};

/// What the lines are made of: `lines = indexed + dead letters + in flight ...`; what is zero is left out, but for the first three.
/// Without an output "kept here" stands in the place of "indexed".
[[nodiscard]] QVector<LedgerTerm> ledgerTerms(const Ledger& ledger, bool outputOn);
/// The terms as one sentence.
[[nodiscard]] QString ledgerSentence(const Ledger& ledger, bool outputOn);
/// "nothing lost, nothing twice", what was given up, or the first difference.
[[nodiscard]] QString ledgerVerdict(const Ledger& ledger);
/// Every count with its full name.
[[nodiscard]] QVector<LedgerTerm> ledgerRows(const Ledger& ledger);

} // namespace sg
