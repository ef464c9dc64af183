#pragma once
/// Lines that could not be read, and documents that were refused: why, which, where, and what to do. Newest first; by reason.
#include "core/contract/log_tail.h"
#include "ui/models/keyed_table.h"

#include <QByteArray>
#include <QString>

#include <memory>
#include <optional>
#include <tuple>

namespace sg {

struct DeadRow {
    DeadLetterRow letter;
    using Key = std::tuple<std::uint64_t, std::uint64_t, Reason, bool, const std::string&>;
    [[nodiscard]] Key key() const { return {letter.batch.value, letter.offset, letter.reason, letter.rejected, letter.source}; }
    friend bool operator==(const DeadRow& a, const DeadRow& b) {
        return a.letter.time == b.letter.time && a.letter.detail == b.letter.detail;
    }
};

class DeadLetterTable : public KeyedTable<DeadRow> {
    Q_OBJECT

public:
    enum Column { Time, Why, Line, Place, Detail, Advice, Batch };
    static constexpr int kColumns = Batch + 1;

    using KeyedTable<DeadRow>::KeyedTable;
    void take(std::shared_ptr<const DeadLetterPart> part);
    /// Of what is shown; unset = every reason.
    void setReason(std::optional<Reason> reason);
    [[nodiscard]] std::optional<Reason> reason() const { return m_reason; }
    /// Exact, of all that ever were, also of those that are not kept.
    [[nodiscard]] std::uint64_t count(Reason reason) const;
    [[nodiscard]] std::uint64_t total() const;
    [[nodiscard]] std::uint64_t notKept() const { return m_part ? m_part->notKept : 0; }

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// What is shown, one JSON object a line, newest first: time, batch, reason, sentence, advice, detail, source, offset, rejected, `line`
    /// (as it is shown) and `line_base64` (the bytes as they were).
    [[nodiscard]] QByteArray ndjson() const;

private:
    void show();

    std::shared_ptr<const DeadLetterPart> m_part;
    std::optional<Reason> m_reason;
};

[[nodiscard]] QString reasonSentence(Reason reason);
[[nodiscard]] QString reasonAdvice(Reason reason);

} // namespace sg
