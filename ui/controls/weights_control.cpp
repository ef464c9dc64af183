#include "ui/controls/weights_control.h"

#include "core/contract/profile_fields.h"
#include "ui/controls/control_header.h"
#include "ui/controls/weight_table.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QLabel>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <string_view>

namespace sg {
namespace {

QString checkName(std::string_view key, const QString& name) {
    if (name.isEmpty()) return WeightsControl::tr("A row needs a name.");
    const auto none = [&](auto refuses) { return std::none_of(name.begin(), name.end(), refuses); };
    if (key == "methods" && !(none([](QChar c) { return !c.isUpper() || c.unicode() > 0x7f; }) && name.size() <= 32))
        return WeightsControl::tr("\"%1\" is no method; write capital letters, such as GET.").arg(name.left(40));
    if (key == "sites" &&
        !(none([](QChar c) { return !(c.isLetterOrNumber() || c == '.' || c == '-' || c == ':' || c == '_'); }) && name.size() <= 255))
        return WeightsControl::tr("\"%1\" is no host name, such as shop.example.").arg(name.left(40));
    if (key == "agents" && (name.size() > 1000 || !none([](QChar c) { return c.unicode() < 0x20; })))
        return WeightsControl::tr("A user agent has at most 1000 characters and no control characters.");
    return {};
}

} // namespace

WeightsControl::WeightsControl(ControlContext context, const ControlRow& row, QWidget* parent) : TuningControl(context, row, parent) {
    const auto text = [&](std::size_t i) { return QCoreApplication::translate("sg::Controls", row.names[i]); };
    const std::string_view key = row.key;
    m_table = new WeightTable(
        appearance(), {text(0), text(1), tr("Weight"), QLatin1String(row.names[2]), false, key != "methods"},
        [key](const QString& name) { return checkName(key, name); }, this);
    header()->replaceLabel(m_table->toggle());
    body()->addWidget(m_table);
    connect(m_table, &WeightTable::wrong, this, &TuningControl::setProblem);
    connect(m_table, &WeightTable::edited, this, [this](const std::vector<Weight>& next) {
        setProblem({});
        const int count = static_cast<int>(next.size());
        commit(next.empty() ? tr("the model's own") : tr("%n entries", nullptr, count),
               [&](Tuning& wanted) { std::get<WeightsField>(field().value).of(wanted) = next; });
    });
    connect(m_table, &WeightTable::importRequested, this, [this] {
        auto* dialog = new QFileDialog(this, tr("%1 from a file").arg(name()), QString(), tr("Lists (*.txt *.tsv *.list);;All files (*)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) { setProblem(m_table->importFile(path)); });
        dialog->open();
    });
    finish({m_table->toggle(), m_table->table()});
}

QString WeightsControl::shownValue() const {
    const int count = static_cast<int>(m_table->weights().size());
    return count == 0 ? tr("the model's own") : tr("%n entries", nullptr, count);
}

void WeightsControl::present(Tuning& wanted) {
    const std::vector<Weight>& weights = std::get<WeightsField>(field().value).of(wanted);
    m_table->setWeights(weights, weights.empty() ? tr("the model's own") : tr("%n entries", nullptr, static_cast<int>(weights.size())));
}

} // namespace sg
