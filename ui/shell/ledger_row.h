#pragma once
/// The books in one line: lines = indexed + dead letters + in flight, with a tick, or the difference in red.
#include "ui/models/feed.h"
#include "ui/style/appearance.h"

#include <QFrame>

namespace sg {

/// What the row says of a ledger.
struct LedgerText {
    bool balanced = true;
    struct Piece {
        QString text;
        bool strong = false;
    };
    QVector<Piece> pieces;
    QString verdict; ///< "nothing lost, nothing twice", or the first difference
    QString detail;  ///< every term, for the tooltip
};
[[nodiscard]] LedgerText ledgerText(const Ledger& ledger, bool outputOn);

class LedgerRow : public QFrame {
    Q_OBJECT

public:
    LedgerRow(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] const LedgerText& shown() const { return m_text; }
    /// A difference is shown once it has been there so many frames: the parts of a snapshot are some milliseconds apart.
    static constexpr int kPatienceFrames = 15;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    Feed& m_feed;
    Appearance& m_appearance;
    LedgerText m_text;
    int m_framesWrong = 0;
    qint64 m_since = 0;
};

} // namespace sg
