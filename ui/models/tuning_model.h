#pragma once
/// The wanted Tuning: every control writes here, and asks here whether what it wrote is true yet.
///
/// *Thread:* the window's. A change goes to the pipeline at once; without a run it is kept for the next one and is never pending.
#include "ui/models/feed.h"

#include <functional>

namespace sg {

class TuningModel : public QObject {
    Q_OBJECT

public:
    explicit TuningModel(Feed& feed, QObject* parent = nullptr);

    [[nodiscard]] const Tuning& wanted() const { return m_wanted; }
    /// In which what is wanted now is true; 0 without a run.
    [[nodiscard]] Revision revision() const { return m_revision; }
    /// Applies `edit`, clipped; leaves a mark `subject: text` on the time charts when `text` is not empty. Returns the revision in which
    /// it is true.
    Revision change(const QString& subject, const QString& text, const std::function<void(Tuning&)>& edit);
    /// A whole profile.
    void replace(const Tuning& tuning, const QString& text);
    /// The stage has not echoed the revision yet.
    [[nodiscard]] bool isPending(StageName stage, Revision revision) const;

signals:
    void changed(); ///< `wanted` is another one: controls show it

private:
    Feed& m_feed;
    Tuning m_wanted;
    Revision m_revision;
};

} // namespace sg
