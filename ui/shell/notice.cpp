#include "ui/shell/notice.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace sg {
namespace {

constexpr int kSaidMs = 10'000;

} // namespace

Notice::Notice(Appearance& appearance, QWidget* parent) : QFrame(parent), m_appearance(appearance) {
    setProperty("role", "card");
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(38, 5, 8, 5);
    m_text = new QLabel(this);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action = new QPushButton(this);
    auto* close = new QPushButton(tr("Close"), this);
    close->setProperty("role", "flat");
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(close);
    connect(close, &QPushButton::clicked, this, &Notice::hideNow);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hideNow();
        if (const auto act = m_act) act();
    });
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Notice::hideNow);
    setVisible(false);
}

void Notice::show(const QString& sentence, Kind kind, const QString& action, std::function<void()> act) {
    m_kind = kind;
    m_text->setText(sentence);
    m_act = std::move(act);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setAccessibleName(kind == Kind::Wrong ? tr("Problem") : tr("Notice"));
    setAccessibleDescription(sentence);
    if (kind == Kind::Said) m_timer.start(kSaidMs);
    else m_timer.stop();
    setVisible(true);
    update();
}

void Notice::hideNow() {
    m_timer.stop();
    setVisible(false);
}

QString Notice::sentence() const { return isVisible() ? m_text->text() : QString(); }

void Notice::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Palette& palette = m_appearance.palette();
    const QPointF middle(21, height() / 2.0);
    if (m_kind == Kind::Wrong) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(palette.bad);
        painter.drawPolygon(QPolygonF({middle + QPointF(0, -8), middle + QPointF(8.5, 7), middle + QPointF(-8.5, 7)}));
        painter.setPen(QPen(palette.surface, 1.8, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(middle + QPointF(0, -2.5), middle + QPointF(0, 2));
        painter.drawPoint(middle + QPointF(0, 4.6));
    } else {
        painter.setPen(QPen(palette.accent, 1.6));
        painter.drawEllipse(middle, 7.5, 7.5);
        painter.setPen(QPen(palette.accent, 1.8, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(middle + QPointF(0, -0.5), middle + QPointF(0, 3.5));
        painter.drawPoint(middle + QPointF(0, -3.6));
    }
}

} // namespace sg
