// Each control against a real pipeline: what it changes, that it becomes true there, and what it refuses.
#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "ui/controls/choice_control.h"
#include "ui/controls/control_group.h"
#include "ui/controls/control_header.h"
#include "ui/controls/controls_panel.h"
#include "ui/controls/field_value.h"
#include "ui/controls/fold_button.h"
#include "ui/controls/mix_control.h"
#include "ui/controls/number_control.h"
#include "ui/controls/stages_control.h"
#include "ui/controls/text_control.h"
#include "ui/controls/value_edit.h"
#include "ui/controls/value_slider.h"
#include "ui/controls/weight_table.h"
#include "ui/controls/weights_control.h"

#include <cmath>
#include <memory>

using namespace sg;

namespace {

constexpr int kLong = 60'000; // ms: a limit against hanging, not a measure

/// Everything the panel stands on, over a pipeline that generates a little.
struct Stand {
    explicit Stand(const Tuning& tuning = {}, bool generate = true)
        : generates(generate), session(options(generate), tuning), feed(session), model(feed) {
        appearance.setTheme(Theme::Dark);
        appearance.applyTo(*qApp);
        panel = std::make_unique<ControlsPanel>(model, feed, appearance);
        panel->resize(300, 900);
        panel->show();
    }
    PipelineOptions options(bool generate) const {
        PipelineOptions made;
        made.dataDirectory = folder.filePath("data").toStdString();
        made.generate = generate;
        if (!generate) made.follow = {folder.filePath("none.log").toStdString()};
        return made;
    }
    void start() {
        session.start();
        QTRY_VERIFY_WITH_TIMEOUT(session.state() == Session::State::Running && session.snapshot() && session.snapshot()->batch &&
                                     session.snapshot()->splitter && (session.snapshot()->generator || !generates),
                                 kLong);
    }
    template <class T = NumberControl> T* get(const char* section, const char* key) const {
        return qobject_cast<T*>(panel->control(section, key));
    }
    QTemporaryDir folder;
    bool generates;
    Appearance appearance;
    Session session;
    Feed feed;
    TuningModel model;
    std::unique_ptr<ControlsPanel> panel;
};

Tuning slow() {
    Tuning tuning;
    tuning.traffic.rate = 50;
    tuning.traffic.shape = LoadShape::DoubleWave; // so that amplitude and period have an effect
    tuning.batch.interval = Milliseconds(200);
    tuning.metrics.address = "127.0.0.1:0"; // any free port
    return tuning;
}

void type(QLineEdit* edit, const QString& text) {
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, text);
    QTest::keyClick(edit, Qt::Key_Return);
}

/// Moves a control as a person does, whatever it is; false when it cannot be moved this way.
bool operate(TuningControl* control) {
    if (auto* number = qobject_cast<NumberControl*>(control)) {
        if (number->slider() != nullptr) {
            const bool top = number->slider()->value() == number->slider()->maximum();
            QTest::keyClick(number->slider(), top ? Qt::Key_PageDown : Qt::Key_PageUp);
        } else {
            type(number->edit(), "4711");
        }
        return true;
    }
    if (auto* choice = qobject_cast<ChoiceControl*>(control)) {
        QTest::keyClick(choice->box(), choice->box()->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
        return true;
    }
    if (auto* box = qobject_cast<SwitchControl*>(control)) {
        QTest::keyClick(box->box(), Qt::Key_Space);
        return true;
    }
    if (auto* text = qobject_cast<TextControl*>(control)) {
        type(text->edit(), text->row().editor == Editor::Ranges         ? "192.0.2.0/24"
                           : std::string_view(text->row().key) == "url" ? "http://127.0.0.1:10"
                                                                        : "other");
        return true;
    }
    if (auto* weights = qobject_cast<WeightsControl*>(control)) {
        weights->table()->add();
        return true;
    }
    if (auto* stages = qobject_cast<StagesControl*>(control)) {
        stages->add();
        return true;
    }
    if (auto* mix = qobject_cast<MixControl*>(control)) {
        QTest::keyClick(mix->slider(3), Qt::Key_PageUp);
        return true;
    }
    return false;
}

} // namespace

class TestControls : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void everyControlReachesThePipelineAndIsResetThere() {
        Tuning tuning = slow();
        tuning.output.url = "http://127.0.0.1:9"; // nothing listens; the output's controls have an effect
        tuning.privacy.query = QueryPrivacy::KeepOnly; // so have the parameters
        tuning.privacy.keepChunks = true;
        Stand stand(tuning);
        stand.start();
        for (TuningControl* control : stand.panel->controls()) {
            const QByteArray name = control->objectName().toUtf8();
            if (std::string_view(control->row().key) == "stages") {
                auto* shape = stand.get<ChoiceControl>("traffic", "shape");
                shape->box()->setCurrentIndex(static_cast<int>(LoadShape::Stages));
            }
            QVERIFY2(control->hasEffect(), name);
            Tuning before = stand.session.tuning();
            const Revision revision = stand.session.snapshot()->revision;
            QVERIFY2(operate(control), name);
            Tuning after = stand.session.tuning();
            const ProfileField& field = profileField(control->row().section, control->row().key);
            QVERIFY2(!sameValue(field, before, after), name);
            const StageName stage = stageOf(control->row());
            QTRY_VERIFY2_WITH_TIMEOUT(!control->isPending() && !stand.model.isPending(stage, Revision{revision.value + 1}), name, kLong);
            control->resetToDefault();
            Tuning reset = stand.session.tuning(), defaults;
            QVERIFY2(sameValue(field, reset, defaults), name);
            // back to what the other controls need
            stand.model.replace(tuning, {});
        }
    }
    void aChangeIsPendingUntilTheWorkerHasIt() {
        Stand stand(slow());
        stand.start();
        auto* rate = stand.get("traffic", "rate");
        QSignalSpy turns(rate, &TuningControl::pendingChanged);
        type(rate->edit(), "75");
        QTRY_VERIFY_WITH_TIMEOUT(!rate->isPending(), kLong);
        QVERIFY(turns.size() % 2 == 0);
        QTRY_COMPARE_WITH_TIMEOUT(stand.session.snapshot()->generator->targetRate > 0, true, kLong);
        QVERIFY(!rate->accessibleDescription().contains("pending"));
    }
    void theSwitchAnswersPrometheusWhereTheProfileSays() {
        Stand stand(slow());
        stand.start();
        QVERIFY(!stand.session.snapshot()->metrics);
        auto* box = stand.get<SwitchControl>("metrics", "on")->box();
        QTest::keyClick(box, Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(stand.session.snapshot()->metrics, kLong);
        const QString address = QString::fromStdString(stand.session.snapshot()->metrics->address);
        QTcpSocket prometheus;
        prometheus.connectToHost(address.section(':', 0, 0), static_cast<quint16>(address.section(':', 1).toUInt()));
        QVERIFY2(prometheus.waitForConnected(kLong), qPrintable(address));
        prometheus.write("GET /metrics HTTP/1.1\r\n\r\n");
        while (prometheus.waitForReadyRead(kLong)) {}
        QVERIFY(prometheus.readAll().contains("\nstreamgauge_read_lines_total "));
        QTest::keyClick(box, Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(stand.session.snapshot()->metrics->address.empty(), kLong);
    }
    void oneStepIsOneRevisionAndOneMark() {
        Stand stand(slow());
        stand.start();
        QTRY_VERIFY_WITH_TIMEOUT(stand.session.snapshot()->revision.value > 0, kLong);
        auto* rate = stand.get("traffic", "rate");
        QSignalSpy changes(&stand.model, &TuningModel::changed);
        for (int i = 0; i < 5; ++i) QTest::keyClick(rate->slider(), Qt::Key_Right);
        QCOMPARE(changes.size(), 5);
        stand.feed.tick(stand.feed.nowMs() + 100);
        QCOMPARE(changes.size(), 5);
        const auto marks = stand.feed.history().marks(0, std::numeric_limits<qint64>::max());
        QCOMPARE(marks.size(), 1); // steps within two seconds move one mark
        QCOMPARE(marks.front().text, QString("Rate %1").arg(rate->shownValue()));
    }
    void aFrozenPictureDoesNotKeepAControlPending() {
        Stand stand(slow());
        stand.start();
        stand.feed.setPaused(true);
        auto* interval = stand.get("batch", "interval");
        QTest::keyClick(interval->slider(), Qt::Key_Right);
        QTRY_VERIFY_WITH_TIMEOUT(!interval->isPending(), kLong);
    }

    void theRateCanBeTypedSlidAndStepped() {
        Stand stand;
        auto* rate = stand.get("traffic", "rate");
        const auto wanted = [&] { return stand.model.wanted().traffic.rate; };
        type(rate->edit(), "50k");
        QCOMPARE(wanted(), 50'000.0);
        QCOMPARE(rate->edit()->text(), QString("50,000 /s"));
        type(rate->edit(), "max");
        QCOMPARE(wanted(), 0.0);
        QCOMPARE(rate->slider()->value(), rate->slider()->maximum());
        QTest::keyClick(rate->slider(), Qt::Key_Home);
        QCOMPARE(wanted(), 1.0);
        QTest::keyClick(rate->slider(), Qt::Key_Right);
        QCOMPARE(wanted(), 2.0);
        QTest::keyClick(rate->slider(), Qt::Key_End);
        QCOMPARE(wanted(), 1'000'000.0);
        QTest::mouseClick(rate->slider(), Qt::LeftButton, {}, QPoint(rate->slider()->width() / 2, rate->slider()->height() / 2));
        QVERIFY2(wanted() > 900 && wanted() < 1100, qPrintable(QString::number(wanted()))); // the middle of six decades
        QTest::keyClick(rate->slider(), Qt::Key_Delete);
        QCOMPARE(wanted(), Tuning{}.traffic.rate);
    }
    void aWrongNumberSaysSoAndChangesNothing_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("no number") << "fast";
        QTest::newRow("above the range") << "1.5M";
        QTest::newRow("below it") << "0.5";
    }
    void aWrongNumberSaysSoAndChangesNothing() {
        QFETCH(QString, text);
        Stand stand;
        auto* rate = stand.get("traffic", "rate");
        const Tuning before = stand.model.wanted();
        type(rate->edit(), text);
        QVERIFY(stand.model.wanted() == before);
        QVERIFY2(rate->problem().contains("1,000,000 /s"), qPrintable(rate->problem()));
        QVERIFY(rate->edit()->property("wrong").toBool());
        QTest::keyClick(rate->edit(), Qt::Key_Escape);
        QCOMPARE(rate->edit()->text(), QString("1,000 /s"));
        QVERIFY(rate->problem().isEmpty());
    }
    void indicesAreDeletedOnlyAfterAnAgeThatSomebodyTyped() {
        Stand stand;
        auto* age = stand.get("output", "retention");
        QCOMPARE(age->edit()->text(), QString("never"));
        QCOMPARE(age->slider(), nullptr); // nothing is deleted by a slip of the hand
        QVERIFY(!age->hasEffect() && age->toolTip().contains("no Elasticsearch address"));
        Tuning tuning;
        tuning.output.url = "http://127.0.0.1:9";
        stand.model.replace(tuning, {});
        type(age->edit(), "30");
        QCOMPARE(stand.model.wanted().output.retention, Milliseconds(std::chrono::hours(30 * 24)));
        QCOMPARE(age->edit()->text(), QString("30 d"));
        type(age->edit(), "2 h");
        QVERIFY2(age->problem().contains("1 d to 10,000 d"), qPrintable(age->problem()));
        QCOMPARE(stand.model.wanted().output.retention, Milliseconds(std::chrono::hours(30 * 24)));
        type(age->edit(), "never");
        QCOMPARE(stand.model.wanted().output.retention, Milliseconds(0));
        tuning.output.templates = false;
        stand.model.replace(tuning, {});
        QVERIFY(stand.get("output", "shards")->toolTip().contains("switched off"));
        QVERIFY(age->hasEffect()); // by this program itself
    }
    void aWrongAddressSaysSoAndKeepsItsSecretToItself() {
        Stand stand;
        auto* url = stand.get<TextControl>("output", "url");
        const Tuning before = stand.model.wanted();
        type(url->edit(), "localhost:9200");
        QVERIFY(url->problem().contains("http://"));
        QVERIFY(stand.model.wanted() == before);
        QSignalSpy entered(stand.panel.get(), &ControlsPanel::credentialsEntered);
        type(url->edit(), "http://me:hunter%32@127.0.0.1:9201"); // user and password go to the keyring
        QVERIFY(url->problem().isEmpty());
        QCOMPARE(url->edit()->text(), QString("http://127.0.0.1:9201"));
        QCOMPARE(stand.model.wanted().output.url, std::string("http://127.0.0.1:9201"));
        QCOMPARE(entered.count(), 1);
        QCOMPARE(entered[0].mid(0, 2), (QVariantList{"me", "hunter2"}));
        type(url->edit(), "me:hunter2@localhost"); // no address even without them: nothing of it is shown
        QVERIFY(!url->problem().isEmpty() && !url->problem().contains("hunter2"));
        QVERIFY(!url->edit()->text().contains("hunter2"));
        QCOMPARE(stand.model.wanted().output.url, std::string("http://127.0.0.1:9201"));
        type(url->edit(), "http://127.0.0.1:9200");
        QVERIFY(url->problem().isEmpty());
        QCOMPARE(stand.model.wanted().output.url, std::string("http://127.0.0.1:9200"));
        auto* prefix = stand.get<TextControl>("output", "index_prefix");
        type(prefix->edit(), "Not This");
        QVERIFY(prefix->problem().contains("a-z"));
        QCOMPARE(stand.model.wanted().output.indexPrefix, std::string("streamgauge"));
    }
    void addressRangesAreCheckedAsTheyAreTyped() {
        Stand stand;
        auto* ranges = stand.get<TextControl>("traffic", "address_ranges");
        ranges->edit()->setFocus();
        QTest::keyClicks(ranges->edit(), "10.0.0");
        QVERIFY(!ranges->problem().isEmpty());
        QTest::keyClicks(ranges->edit(), ".0/8, 2001:db8::/32");
        QVERIFY(ranges->problem().isEmpty());
        QVERIFY(stand.model.wanted().traffic.addressRanges.empty());
        QTest::keyClick(ranges->edit(), Qt::Key_Return);
        QCOMPARE(stand.model.wanted().traffic.addressRanges.size(), std::size_t{2});
    }

    void theMixIsOneScale() {
        Stand stand;
        auto* mix = stand.get<MixControl>("traffic", "statuses");
        QVERIFY(stand.model.wanted().traffic.statuses.empty());
        type(mix->edit(3), "20");
        double sum = 0, errors = 0;
        for (const Weight& weight : stand.model.wanted().traffic.statuses) {
            sum += weight.weight;
            if (weight.name[0] == '5') errors += weight.weight;
        }
        QVERIFY(std::abs(sum - 100) < 1e-9);
        QVERIFY(std::abs(errors - 20) < 1e-9);
        mix->lock(3)->click();
        QVERIFY(!mix->slider(3)->isEnabled());
        QTest::keyClick(mix->slider(0), Qt::Key_Home);
        QVERIFY(std::abs(mix->mix().percent(3) - 20) < 1e-9);
        QVERIFY(std::abs(mix->mix().percent(0)) < 1e-9);
        mix->codes()->setOpen(true);
        mix->codes()->table()->item(0, 1)->setText("many");
        QVERIFY(mix->problem().contains("many"));
        mix->resetToDefault();
        QVERIFY(stand.model.wanted().traffic.statuses.empty());
        QCOMPARE(mix->shownValue(), QString("the model's own"));
    }
    void aListIsReadFromAFile() {
        Stand stand;
        auto* sites = stand.get<WeightsControl>("traffic", "sites");
        const QString path = stand.folder.filePath("sites.txt");
        const auto write = [&](const char* text) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write("# ours\nshop.example\t3\n\nblog.example\n");
        QCOMPARE(sites->table()->importFile(path), QString());
        QVERIFY((stand.model.wanted().traffic.sites == std::vector<Weight>{{"shop.example", 3}, {"blog.example", 1}}));
        write("shop.example\nno host\n");
        QVERIFY(sites->table()->importFile(path).contains("line 2"));
        QCOMPARE(stand.model.wanted().traffic.sites.size(), std::size_t{2});
    }

    void aProfileShowsInEveryControl() {
        Stand stand;
        Tuning profile;
        profile.traffic.rate = 250'000;
        profile.traffic.on = false;
        profile.traffic.shape = LoadShape::Spike;
        profile.traffic.statuses = {{"200", 1}, {"500", 1}};
        profile.traffic.addressRanges = {{"192.0.2.0/24", 1}};
        profile.traffic.sites = {{"a.example", 1}, {"b.example", 2}};
        profile.batch.interval = Milliseconds(5000);
        profile.batch.threads = 2;
        profile.output.url = "http://127.0.0.1:9200";
        QSignalSpy changes(&stand.model, &TuningModel::changed);
        stand.model.replace(profile, "Profile");
        QCOMPARE(changes.size(), 1);
        QVERIFY(stand.model.wanted() == profile);
        QCOMPARE(stand.get("traffic", "rate")->edit()->text(), QString("250,000 /s"));
        QVERIFY(!stand.get<SwitchControl>("traffic", "on")->box()->isChecked());
        QCOMPARE(stand.get<ChoiceControl>("traffic", "shape")->box()->currentText(), QString("Spike"));
        QCOMPARE(stand.get<MixControl>("traffic", "statuses")->mix().percent(3), 50.0);
        QCOMPARE(stand.get<TextControl>("traffic", "address_ranges")->edit()->text(), QString("192.0.2.0/24"));
        QCOMPARE(stand.get<WeightsControl>("traffic", "sites")->table()->table()->rowCount(), 2);
        QCOMPARE(stand.get("batch", "interval")->edit()->text(), QString("5.0 s"));
        QVERIFY(stand.get("batch", "threads")->edit()->text().startsWith("2 of "));
        QCOMPARE(stand.get<TextControl>("output", "url")->edit()->text(), QString("http://127.0.0.1:9200"));
    }
    void aProfileIsPendingUntilTheWorkersHaveIt() {
        Stand stand(slow());
        stand.start();
        QSet<QString> turned;
        for (TuningControl* control : stand.panel->controls())
            connect(control, &TuningControl::pendingChanged, this, [&turned, control] {
                if (control->isPending()) turned << control->objectName();
            });
        Tuning profile = slow();
        profile.traffic.rate = 75;
        profile.traffic.botShare = 0.3;
        profile.batch.lateness = Milliseconds(5000);
        profile.split.linesPerChunk = 500;
        stand.model.replace(profile, "Profile");
        // a worker that wakes at once may have it before the controls ask
        const auto has = [&](StageName stage) { return !stand.model.isPending(stage, stand.model.revision()); };
        for (const char* name : {"traffic.rate", "traffic.bot_share"})
            QVERIFY2(turned.contains(QLatin1String(name)) || has(StageName::Generator), name);
        QVERIFY(turned.contains("batch.lateness") || has(StageName::Batch));
        QVERIFY(turned.contains("split.lines_per_chunk") || has(StageName::Splitter));
        QVERIFY(!turned.contains("batch.interval")); // the profile does not change it
        for (TuningControl* control : stand.panel->controls()) QTRY_VERIFY2_WITH_TIMEOUT(!control->isPending(), qPrintable(control->objectName()), kLong);
    }
    void aControlWithoutEffectSaysWhy() {
        Stand stand;
        auto* amplitude = stand.get("traffic", "amplitude");
        QVERIFY(!amplitude->hasEffect());
        QVERIFY(!amplitude->slider()->isEnabled());
        QVERIFY(amplitude->toolTip().contains("steady"));
        stand.get<ChoiceControl>("traffic", "shape")->box()->setCurrentIndex(static_cast<int>(LoadShape::DayCycle));
        QVERIFY(amplitude->slider()->isEnabled());
        Stand following({}, false);
        QVERIFY(following.get("traffic", "rate")->toolTip().contains("real logs"));
        QVERIFY(!following.get("traffic", "rate")->slider()->isEnabled());
        QVERIFY(following.get("batch", "interval")->slider()->isEnabled());
    }

    void theResetMarkIsThereWhenThereIsSomethingToReset() {
        Stand stand;
        auto* zipf = stand.get("traffic", "zipf");
        auto* mark = zipf->findChild<ControlMark*>("mark");
        QVERIFY(mark->accessibleName().isEmpty());
        QTest::keyClick(zipf->slider(), Qt::Key_Right);
        QVERIFY(mark->accessibleName().contains("reset"));
        mark->click();
        QCOMPARE(stand.model.wanted().traffic.zipf, Tuning{}.traffic.zipf);
        QVERIFY(mark->accessibleName().isEmpty());
    }
    void everythingHasAnAccessibleName() {
        Stand stand;
        for (QWidget* widget : stand.panel->findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || widget->objectName().startsWith("qt_") || widget->inherits("QComboBoxListView"))
                continue;
            const auto* button = qobject_cast<QAbstractButton*>(widget); // Qt speaks a button's text
            QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                     qPrintable(QString("%1 in %2").arg(widget->metaObject()->className(), widget->parent()->objectName())));
        }
    }
    void tabGoesFromTopToBottom() {
        Stand stand;
        stand.panel->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stand.panel.get()));
        QWidget* content = stand.panel->group(ControlGroupId::Traffic)->parentWidget();
        stand.panel->group(ControlGroupId::Traffic)->title()->setFocus();
        int groupBefore = 0, steps = 0;
        QSet<TuningControl*> reached;
        for (; steps < 300; ++steps) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            QWidget* now = QApplication::focusWidget();
            QVERIFY(now != nullptr);
            int group = groupBefore;
            for (std::size_t i = 0; i < kControlGroups; ++i)
                if (stand.panel->group(static_cast<ControlGroupId>(i))->isAncestorOf(now)) group = static_cast<int>(i);
            if (group < groupBefore) break; // round again
            groupBefore = group;
            for (TuningControl* control : stand.panel->controls())
                if (control->isAncestorOf(now)) reached << control;
        }
        QVERIFY(content != nullptr);
        QCOMPARE(groupBefore, static_cast<int>(ControlGroupId::Display));
        for (TuningControl* control : stand.panel->controls())
            if (control->isVisible() && control->hasEffect()) QVERIFY2(reached.contains(control), qPrintable(control->objectName()));
    }
    void foldsAreKeptAndAStageOpensItsGroup() {
        Stand stand;
        stand.panel->group(ControlGroupId::Batches)->setOpen(false);
        stand.panel->group(ControlGroupId::Traffic)->setFurtherOpen(true);
        const QVariantMap state = stand.panel->foldState();
        Stand other;
        other.panel->restoreFoldState(state);
        QVERIFY(!other.panel->group(ControlGroupId::Batches)->isOpen());
        QVERIFY(other.panel->group(ControlGroupId::Traffic)->isFurtherOpen());
        other.panel->restoreFoldState({{"traffic", QVariantList{}}, {"nonsense", 1}});
        QVERIFY(other.panel->group(ControlGroupId::Traffic)->isOpen());
        other.panel->resize(300, 300);
        other.panel->focusGroup(StageName::Batch);
        ControlGroup* group = other.panel->group(ControlGroupId::Batches);
        QVERIFY(group->isOpen());
        QTRY_VERIFY(group->visibleRegion().boundingRect().height() > 40);
    }
    void credentialsLeaveAndTheFieldsAreEmpty() {
        Stand stand;
        QSignalSpy entered(stand.panel.get(), &ControlsPanel::credentialsEntered);
        const auto field = [&](const char* name) {
            for (auto* edit : stand.panel->findChildren<QLineEdit*>())
                if (edit->accessibleName() == name) return edit;
            return static_cast<QLineEdit*>(nullptr);
        };
        QCOMPARE(field("Password")->echoMode(), QLineEdit::Password);
        QTest::keyClicks(field("User"), "elastic");
        QTest::keyClicks(field("Password"), "hunter2");
        QTest::keyClick(field("Password"), Qt::Key_Return);
        QCOMPARE(entered.size(), 1);
        QCOMPARE(entered[0][0].toString(), QString("elastic"));
        QCOMPARE(entered[0][1].toString(), QString("hunter2"));
        QVERIFY(field("Password")->text().isEmpty());
        QCOMPARE(field("Bearer token")->echoMode(), QLineEdit::Password);
        QTest::keyClicks(field("Bearer token"), "eyJhbGciOi");
        QTest::keyClick(field("Bearer token"), Qt::Key_Return);
        QCOMPARE(entered.size(), 2);
        QCOMPARE(entered[1], (QVariantList{"", "", "", "", "eyJhbGciOi"}));
        QVERIFY(field("Bearer token")->text().isEmpty());
        QSignalSpy kibana(stand.panel.get(), &ControlsPanel::kibanaAddressEntered);
        type(field("Kibana address"), "nowhere");
        QCOMPARE(kibana.size(), 0);
        type(field("Kibana address"), "http://localhost:5601");
        QCOMPARE(kibana.size(), 1);
    }
    void nothingIsCutOff_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<double>("scale");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QString>("family");
        for (const int width : {240, 300})
            for (const double scale : {1.0, 2.0})
                for (const char* family : {"Inter", "DejaVu Sans"})
                    QTest::addRow("%d px, text x %g, %s", width, scale, family) << width << scale << (family[0] == 'I') << QString(family);
    }
    /// Also leaves its pictures where SG_PICTURES says.
    void nothingIsCutOff() {
        QFETCH(int, width);
        QFETCH(double, scale);
        QFETCH(bool, dark);
        QFETCH(QString, family);
        Tuning tuning = slow();
        tuning.traffic.rate = 12'500;
        tuning.traffic.addressRanges = {{"10.0.0.0/8", 1}, {"2001:db8::/32", 1}};
        tuning.traffic.stages = {{Milliseconds(30'000), 50'000}};
        Stand stand(tuning);
        stand.appearance.setTheme(dark ? Theme::Dark : Theme::Light);
        stand.appearance.setTextScale(scale);
        stand.panel->setStyleSheet(stand.panel->styleSheet() + QString(" * { font-family: \"%1\"; }").arg(family));
        stand.panel->resize(width, 900);
        for (std::size_t i = 0; i < kControlGroups; ++i) {
            ControlGroup* group = stand.panel->group(static_cast<ControlGroupId>(i));
            group->setOpen(true);
            group->setFurtherOpen(true);
        }
        stand.get<MixControl>("traffic", "statuses")->codes()->setOpen(true);
        QCoreApplication::sendPostedEvents();
        QTest::qWait(1);
        QWidget* content = stand.panel->group(ControlGroupId::Traffic)->parentWidget();
        if (const QString folder = qEnvironmentVariable("SG_PICTURES"); !folder.isEmpty()) {
            QPixmap whole(content->size());
            whole.fill(stand.appearance.palette().surface);
            content->render(&whole);
            whole.save(QString("%1/%2-%3-%4.png").arg(folder).arg(width).arg(scale).arg(family.left(5)));
        }
        QVERIFY2(content->width() <= width, qPrintable(QString::number(content->width())));
        for (QLabel* label : content->findChildren<QLabel*>()) {
            if (!label->isVisible() || label->text().isEmpty()) continue;
            const QFontMetrics metrics(label->font());
            const QRect room =
                metrics.boundingRect(QRect(0, 0, label->width(), 10'000), label->wordWrap() ? Qt::TextWordWrap : 0, label->text());
            QVERIFY2(room.width() <= label->width() + 1 && room.height() <= label->height() + 1,
                     qPrintable(QString("\"%1\": %2x%3 in %4x%5")
                                    .arg(label->text())
                                    .arg(room.width())
                                    .arg(room.height())
                                    .arg(label->width())
                                    .arg(label->height())));
        }
        for (QLineEdit* edit : content->findChildren<QLineEdit*>())
            if (edit->isVisible() && qobject_cast<ValueEdit*>(edit) != nullptr)
                QVERIFY2(QFontMetrics(edit->font()).horizontalAdvance(edit->text()) + 8 <= edit->width(), qPrintable(edit->text()));
        for (QWidget* each : content->findChildren<QWidget*>()) {
            if (!each->isVisible() || qobject_cast<QTableWidget*>(each->parentWidget()) || each->objectName().startsWith("qt_")) continue;
            const QPoint right = each->mapTo(content, QPoint(each->width(), 0));
            bool inTable = false;
            for (QWidget* up = each; up != nullptr; up = up->parentWidget())
                inTable = inTable || qobject_cast<QTableWidget*>(up) != nullptr;
            if (!inTable) QVERIFY2(right.x() <= content->width(), each->metaObject()->className());
        }
    }
};

QTEST_MAIN(TestControls)
#include "tst_controls.moc"
