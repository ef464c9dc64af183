#pragma once
/// A table model whose rows have keys: a new list is taken by inserting, moving, changing and removing rows, never by a reset, so that a
/// selection and the place on the screen stay with their rows.
///
/// *Cost:* linear for rows that arrive in front or leave at the end; a row that moved is searched for.
#include <QAbstractTableModel>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace sg {

/// What the tables' models say of a cell besides its text.
enum TableRole : int {
    kMarkRole = Qt::UserRole + 100, ///< a Mark of the delegate, as int
    kDimRole,                       ///< true: not of now any more, or an absent value
    kRawRole,                       ///< true: bytes of a log, in equal cells
    kStrongRole,
};

/// A small sign in front of a cell's text; shape and colour both tell.
enum class CellMark : int { None, Info, Warning, Error, Done };

/// `Row` has `key()` and `==`.
template <class Row> class KeyedTable : public QAbstractTableModel {
public:
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }
    [[nodiscard]] const Row& rowAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }

protected:
    /// REQUIRES: keys are unique in `next`.
    void replaceRows(std::vector<Row> next) {
        for (std::size_t at = 0; at < next.size();) {
            if (at < m_rows.size() && m_rows[at].key() == next[at].key()) {
                if (!(m_rows[at] == next[at])) {
                    m_rows[at] = std::move(next[at]);
                    const int row = static_cast<int>(at);
                    emit dataChanged(index(row, 0), index(row, columnCount() - 1));
                }
                ++at;
            } else if (at < m_rows.size() && find(next, at, m_rows[at].key()) == next.size()) {
                std::size_t until = at + 1;
                while (until < m_rows.size() && find(next, at, m_rows[until].key()) == next.size()) ++until;
                cut(at, until);
            } else if (const std::size_t old = find(m_rows, at, next[at].key()); old < m_rows.size()) {
                moveTo(old, at);
            } else {
                std::size_t until = at + 1;
                while (until < next.size() && find(m_rows, at, next[until].key()) == m_rows.size()) ++until;
                insertAt(at, next, until);
                at = until;
            }
        }
        if (m_rows.size() > next.size()) cut(next.size(), m_rows.size());
    }

private:
    /// From `from` on; the size when it is not there.
    template <class Key> [[nodiscard]] static std::size_t find(const std::vector<Row>& rows, std::size_t from, const Key& key) {
        while (from < rows.size() && !(rows[from].key() == key)) ++from;
        return from;
    }
    /// Of `next` what stands in [at, until), to the same places here.
    void insertAt(std::size_t at, const std::vector<Row>& next, std::size_t until) {
        beginInsertRows({}, static_cast<int>(at), static_cast<int>(until) - 1);
        m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(at), next.begin() + static_cast<std::ptrdiff_t>(at),
                      next.begin() + static_cast<std::ptrdiff_t>(until));
        endInsertRows();
    }
    void cut(std::size_t at, std::size_t until) {
        beginRemoveRows({}, static_cast<int>(at), static_cast<int>(until) - 1);
        m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(at), m_rows.begin() + static_cast<std::ptrdiff_t>(until));
        endRemoveRows();
    }
    void moveTo(std::size_t from, std::size_t to) {
        beginMoveRows({}, static_cast<int>(from), static_cast<int>(from), {}, static_cast<int>(to));
        std::rotate(m_rows.begin() + static_cast<std::ptrdiff_t>(to), m_rows.begin() + static_cast<std::ptrdiff_t>(from),
                    m_rows.begin() + static_cast<std::ptrdiff_t>(from) + 1);
        endMoveRows();
    }

    std::vector<Row> m_rows;
};

} // namespace sg
