#include "ui/models/tuning_model.h"

namespace sg {

TuningModel::TuningModel(Feed& feed, QObject* parent) : QObject(parent), m_feed(feed), m_wanted(feed.session().tuning()) {}

Revision TuningModel::change(const QString& subject, const QString& text, const std::function<void(Tuning&)>& edit) {
    Tuning next = m_wanted;
    edit(next);
    next = clip(std::move(next));
    if (next == m_wanted) return {};
    m_wanted = next;
    m_revision = m_feed.session().apply(m_wanted);
    if (!text.isEmpty()) m_feed.mark(subject, text);
    emit changed();
    return m_revision;
}

void TuningModel::replace(const Tuning& tuning, const QString& text) {
    change(QStringLiteral("profile"), text, [&](Tuning& wanted) { wanted = tuning; });
}

bool TuningModel::isPending(StageName stage, Revision revision) const {
    if (revision.value == 0 || m_feed.session().state() != Session::State::Running) return false;
    const auto snapshot = m_feed.session().snapshot();
    if (!snapshot) return false;
    const auto behind = [&](const auto& part) { return part && part->stage.appliedRevision < revision; };
    switch (stage) {
    case StageName::Generator:
        return behind(snapshot->generator);
    case StageName::Splitter:
        return behind(snapshot->splitter);
    case StageName::Batch:
        return behind(snapshot->batch);
    case StageName::Output:
        return behind(snapshot->output);
    }
    return false;
}

} // namespace sg
