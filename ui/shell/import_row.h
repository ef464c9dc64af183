#pragma once
/// How far an import is, with an estimate and a way to end it; seen only while one is on its way.
#include "ui/models/feed.h"
#include "ui/style/appearance.h"

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;

namespace sg {

/// What the row says of a snapshot.
struct ImportWords {
    bool shown = false;
    bool canCancel = false;
    double share = 0; ///< 0..1
    QString text;
};
/// `processedPerSecond`: lines, lately; 0 = not known.
[[nodiscard]] ImportWords importWords(const Snapshot* snapshot, double processedPerSecond);
/// What a cancelled import has done; empty when it was not cancelled.
[[nodiscard]] QString cancelledText(const ImportProgress& progress);

class ImportRow : public QFrame {
    Q_OBJECT

public:
    ImportRow(Feed& feed, QWidget* parent = nullptr);

signals:
    void cancelled(const QString& sentence); ///< it is: what it did

private:
    void refresh();

    Feed& m_feed;
    QLabel* m_text = nullptr;
    QProgressBar* m_bar = nullptr;
    QPushButton* m_cancel = nullptr;
    bool m_told = false;
};

} // namespace sg
