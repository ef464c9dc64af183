#pragma once
/// The span of time that all charts, figures and exports show: the newest so many seconds, or a fixed window.
#include "core/contract/window.h"

#include <QObject>

namespace sg {

class TimeRange : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] bool isLive() const { return m_live; }
    [[nodiscard]] bool isEverything() const { return m_everything; }
    [[nodiscard]] qint64 spanSeconds() const { return m_span; }
    /// Milliseconds since the epoch; what the axes show. Live: moves with `advance`.
    [[nodiscard]] qint64 fromMs() const { return m_from; }
    [[nodiscard]] qint64 toMs() const { return m_to; }

    void setLive(qint64 spanSeconds);          ///< 10 s..24 h
    void setFixed(qint64 fromMs, qint64 toMs); ///< whole seconds, at least 10 s; the wider when it is less
    void setEverything();                      ///< from the first event to the last; bounds come with `setBounds`
    void setBounds(qint64 fromMs, qint64 toMs);
    /// Live: the right edge is the end of the last complete second.
    void advance(qint64 nowMs);
    /// A young stream is shown from its first event on, and not as a corner of an empty span; at least a minute is shown.
    void setFirst(qint64 firstMs);
    /// In or out around a moment by a factor (below 1 = in).
    void zoom(qint64 aroundMs, double factor);
    /// Back to the last live span.
    void reset() { setLive(m_span); }

    [[nodiscard]] ViewRequest request(RankBy rank) const;

signals:
    void changed();  ///< another range was chosen
    void advanced(); ///< the live one moved on

private:
    bool m_live = true;
    bool m_everything = false;
    qint64 m_span = 300;
    qint64 m_from = 0, m_to = 0;
    qint64 m_first = 0; ///< 0 = not known
    [[nodiscard]] qint64 liveFrom() const;
};

} // namespace sg
