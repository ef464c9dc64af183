// Every kind of export, opened again: over the charts of a real pipeline.
#include <QDir>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTransform>
#include <QXmlStreamReader>

#include "ui/charts/charts.h"
#include "ui/export/csv.h"
#include "ui/export/exporter.h"
#include "ui/export/report_document.h"

#include <QApplication>
#include <QDateTime>

#include <memory>

using namespace sg;

namespace {

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// RFC 4180, strictly.
QVector<QStringList> parseCsv(const QByteArray& bytes) {
    QVector<QStringList> rows;
    QStringList row;
    QByteArray cell;
    bool quoted = false;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (quoted) {
            if (c != '"') cell += c;
            else if (i + 1 < bytes.size() && bytes[i + 1] == '"') cell += bytes[++i];
            else quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            row.append(QString::fromUtf8(std::exchange(cell, {})));
        } else if (c == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') {
            row.append(QString::fromUtf8(std::exchange(cell, {})));
            rows.append(std::exchange(row, {}));
            ++i;
        } else {
            cell += c;
        }
    }
    return rows;
}

} // namespace

class TestExport : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        m_appearance.setTheme(Theme::Dark);
        m_appearance.applyTo(*qApp);
        PipelineOptions options;
        options.dataDirectory = m_data.filePath(QStringLiteral("data")).toStdString();
        options.generate = true;
        Tuning tuning;
        tuning.batch.interval = Milliseconds(250);
        tuning.traffic.rate = 4000;
        m_session = std::make_unique<Session>(options, tuning);
        m_feed = std::make_unique<Feed>(*m_session);
        for (const ChartKind& kind : chartKinds()) {
            m_charts.emplace_back(kind.make({*m_feed, m_appearance, nullptr}, nullptr));
            m_charts.back()->resize(700, 340);
        }
        m_session->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_feed->shown() && m_feed->shown()->window && m_feed->shown()->window->points.size() >= 5, 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(m_feed->shown()->batch && m_feed->shown()->batch->recent.size() >= 8, 60'000);
        m_feed->setPaused(true);
    }
    void cleanupTestCase() {
        m_session->stop();
        m_session->stop();
        QTRY_COMPARE_WITH_TIMEOUT(m_session->state(), Session::State::Stopped, 30'000);
        m_charts.clear();
        m_feed.reset();
        m_session.reset();
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void writesCsvThatReadsBackAsTheTable() {
        for (const auto& chart : m_charts) {
            const ExportOutcome outcome =
                Exporter::run(ExportKind::ChartCsv, request({chart.get()}), path(chart->id() + QStringLiteral(".csv")));
            QCOMPARE(outcome.error, QString());
            const ChartTable table = chart->table();
            const auto rows = parseCsv(bytesOf(outcome.files.value(0)));
            QCOMPARE(rows.size(), table.rows.size() + 1);
            QCOMPARE(rows[0], table.columns);
            for (qsizetype row = 0; row < table.rows.size(); ++row) {
                QCOMPARE(rows[row + 1].size(), table.columns.size());
                for (qsizetype column = 0; column < table.columns.size(); ++column) {
                    const QVariant& value = table.rows[row][column];
                    const QString& text = rows[row + 1][column];
                    if (!value.isValid()) QCOMPARE(text, QString());
                    else if (value.typeId() == QMetaType::Double) QCOMPARE(text.toDouble(), value.toDouble());
                    else if (value.typeId() == QMetaType::QDateTime) {
                        QVERIFY(text.endsWith(QLatin1Char('Z')));
                        QCOMPARE(QDateTime::fromString(text, Qt::ISODateWithMs), value.toDateTime().toUTC());
                    } else QCOMPARE(text, value.toString());
                }
            }
        }
    }
    void quotesWhatNeedsQuotes() {
        ChartTable table;
        table.columns = {QStringLiteral("a \"b\", c"), QStringLiteral("plain")};
        table.rows.append({QStringLiteral("line\nbreak"), 0.1 + 0.2});
        table.rows.append({QStringLiteral("süß"), QVariant()});
        const auto rows = parseCsv(csvOf(table));
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows[0], table.columns);
        QCOMPARE(rows[1], QStringList({QStringLiteral("line\nbreak"), QStringLiteral("0.30000000000000004")}));
        QCOMPARE(rows[2], QStringList({QStringLiteral("süß"), QString()}));
    }
    void writesAnImageAtTwiceTheSizeOnThePalettesGround() {
        const ExportOutcome outcome = Exporter::run(ExportKind::ChartPng, request({m_charts[0].get()}), path(QStringLiteral("chart.png")));
        const QImage image(outcome.files.value(0));
        QVERIFY2(!image.isNull(), qPrintable(outcome.error));
        QCOMPARE(image.size(), m_charts[0]->size() * 2);
        QCOMPARE(image.pixelColor(0, 0), darkPalette().ground);
        QVERIFY(isDrawn(image));
    }
    void writesTheDashboardWithEveryChart() {
        const ExportOutcome outcome = Exporter::run(ExportKind::Dashboard, request(all()), path(QStringLiteral("dashboard.png")));
        const QImage image(outcome.files.value(0));
        QCOMPARE(image.width(), 3200);
        QCOMPARE(image.pixelColor(0, 0), darkPalette().ground);
        QVERIFY(isDrawn(image));
    }
    /// What a room sees is for the room; what is exported then is read at a desk.
    void isTheSameInPresent() {
        const auto exported = [&](const QString& name) {
            const QString folder = path(name);
            if (!QDir().mkpath(folder)) return QList<QByteArray>();
            QList<QByteArray> files;
            for (const auto& chart : m_charts)
                for (const auto& [kind, ending] : {std::pair(ExportKind::ChartPng, ".png"), std::pair(ExportKind::ChartCsv, ".csv")}) {
                    const ExportOutcome outcome =
                        Exporter::run(kind, request({chart.get()}), folder + '/' + chart->id() + QLatin1String(ending));
                    files << (kind == ExportKind::ChartCsv ? bytesOf(outcome.files.value(0)) : QByteArray());
                    if (kind == ExportKind::ChartPng) {
                        const QImage image(outcome.files.value(0));
                        files.back() = QByteArray(reinterpret_cast<const char*>(image.constBits()), image.sizeInBytes());
                    }
                }
            return files;
        };
        const QList<QByteArray> before = exported(QStringLiteral("desk"));
        QVERIFY(!before.isEmpty() && !before.contains(QByteArray()));
        m_appearance.present(2);
        const QList<QByteArray> during = exported(QStringLiteral("room"));
        m_appearance.endPresenting();
        QCOMPARE(during.size(), before.size());
        for (qsizetype i = 0; i < before.size(); ++i) QVERIFY2(during[i] == before[i], qPrintable(m_charts[static_cast<std::size_t>(i / 2)]->id()));
    }
    void keepsAnSvgInsideItsSizeAlsoAfterAZoom() {
        const auto& points = m_feed->shown()->window->points;
        m_feed->range().setFixed(points.front().second * 1000 + 1000, points.front().second * 1000 + 12'000);
        QTest::qWait(300);
        for (const auto& chart : m_charts) {
            const ExportOutcome outcome =
                Exporter::run(ExportKind::ChartSvg, request({chart.get()}), path(chart->id() + QStringLiteral(".svg")));
            QCOMPARE(outcome.error, QString());
            staysInside(bytesOf(outcome.files.value(0)), chart->size());
        }
        m_feed->range().reset();
    }
    void writesAPageForAChart() {
        const ExportOutcome outcome = Exporter::run(ExportKind::ChartPdf, request({m_charts[0].get()}), path(QStringLiteral("chart.pdf")));
        QCOMPARE(pages(outcome.files.value(0)), 1);
        QVERIFY(isDrawn(page(outcome.files.value(0), 1)));
    }
    void writesAReportWithAPageForEachPart() {
        ExportRequest wanted = request(all());
        wanted.palette = lightPalette();
        const ExportOutcome outcome = Exporter::run(ExportKind::Report, wanted, path(QStringLiteral("report.pdf")));
        QCOMPARE(outcome.error, QString());
        const int count = pages(outcome.files.value(0));
        QVERIFY2(count >= 4, qPrintable(QString::number(count))); // title, settings, charts, tables
        for (int number = 1; number <= count; ++number)
            QVERIFY2(isDrawn(page(outcome.files.value(0), number)), qPrintable(QString::number(number)));
        QProcess text;
        text.start(QStringLiteral("pdftotext"), {outcome.files.value(0), QStringLiteral("-")});
        QVERIFY(text.waitForFinished());
        const QString words = QString::fromUtf8(text.readAllStandardOutput()).simplified();
        QVERIFY(words.contains(QStringLiteral("Product launch")));
        QVERIFY(words.contains(QStringLiteral("[traffic]")));
        QVERIFY(words.contains(QStringLiteral("Top URLs")));
        QVERIFY2(words.contains(QStringLiteral("nothing lost, nothing twice")), qPrintable(words.left(600)));
    }
    void escapesWhatStandsInAPage() {
        ExportRequest wanted = request(all());
        wanted.title = QStringLiteral("<script>alert('x')</script> & co");
        wanted.settings = QStringLiteral("name = \"<b>\"");
        const ExportOutcome outcome = Exporter::run(ExportKind::Html, wanted, path(QStringLiteral("report.html")));
        const QString html = QString::fromUtf8(bytesOf(outcome.files.value(0)));
        QVERIFY(!html.contains(QStringLiteral("<script")));
        QVERIFY(!html.contains(QStringLiteral("<b>\"")));
        QVERIFY(html.contains(QStringLiteral("&lt;script&gt;")));
        QCOMPARE(html.count(QStringLiteral("<svg")), static_cast<int>(m_charts.size()));
        QVERIFY(!html.contains(QRegularExpression(QStringLiteral("(src|href)=\"(?!#)"))));
    }
    void keepsFilesThatAreThere() {
        const QString wanted = path(QStringLiteral("chart.csv"));
        QFile old(wanted);
        QVERIFY(old.open(QIODevice::WriteOnly));
        old.write("mine");
        old.close();
        const ExportOutcome second = Exporter::run(ExportKind::ChartCsv, request({m_charts[0].get()}), wanted);
        QCOMPARE(QFileInfo(second.files.value(0)).fileName(), QStringLiteral("chart-2.csv"));
        const ExportOutcome third = Exporter::run(ExportKind::ChartCsv, request({m_charts[0].get()}), wanted);
        QCOMPARE(QFileInfo(third.files.value(0)).fileName(), QStringLiteral("chart-3.csv"));
        QCOMPARE(bytesOf(wanted), QByteArray("mine"));
        const ExportOutcome asked = Exporter::run(ExportKind::ChartCsv, request({m_charts[0].get()}), wanted, true);
        QCOMPARE(asked.files.value(0), wanted);
        QVERIFY(bytesOf(wanted) != "mine");
    }
    void leavesWhatAnUnattendedRunIsAskedFor() {
        const QString folder = path(QStringLiteral("new/folder"));
        QCOMPARE(Exporter::exportTo(request(all()), folder), QString());
        QVERIFY(QFileInfo::exists(folder + QStringLiteral("/dashboard.png")));
        for (const auto& chart : m_charts) QVERIFY(QFileInfo::exists(folder + QLatin1Char('/') + chart->id() + QStringLiteral(".csv")));
        const QJsonObject ledger = QJsonDocument::fromJson(bytesOf(folder + QStringLiteral("/ledger.json"))).object();
        QCOMPARE(ledger[QStringLiteral("lines")].toInteger(), static_cast<qint64>(m_feed->shown()->ledger.lines));
        QCOMPARE(ledger[QStringLiteral("parsed")].toInteger(), static_cast<qint64>(m_feed->shown()->ledger.parsed));
        for (const char* key :
             {"processed", "indexed", "dead", "lost", "not_requested", "in_flight", "balanced", "differences", "dead_by_reason"})
            QVERIFY2(ledger.contains(QLatin1String(key)), key);
        QCOMPARE(Exporter::exportTo(request(all()), folder), QString());
        QVERIFY(QFileInfo::exists(folder + QStringLiteral("/dashboard-2.png")));
        QVERIFY(QFileInfo::exists(folder + QStringLiteral("/ledger-2.json")));
    }
    void saysWhyAFolderCannotBeWritten() {
        const QString file = path(QStringLiteral("file"));
        QFile made(file);
        QVERIFY(made.open(QIODevice::WriteOnly));
        made.close();
        const QString wrong = Exporter::exportTo(request(all()), file + QStringLiteral("/below"));
        QVERIFY2(wrong.contains(file) && wrong.endsWith(QLatin1Char('.')), qPrintable(wrong));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot), QStringList(QStringLiteral("file")));
    }
    void worksInTheBackgroundAndSaysHowFarItIs() {
        Exporter exporter;
        QSignalSpy progress(&exporter, &Exporter::progress), finished(&exporter, &Exporter::finished);
        exporter.start(ExportKind::Everything, request(all()), path(QStringLiteral("all")));
        QVERIFY(exporter.isRunning());
        QVERIFY(finished.wait(30'000));
        QVERIFY(!exporter.isRunning());
        QVERIFY(progress.count() > static_cast<int>(m_charts.size()));
        QCOMPARE(finished[0][0].toStringList().size(), static_cast<int>(m_charts.size()) + 2);
        QVERIFY(QFileInfo::exists(path(QStringLiteral("all/batches.csv"))));
    }
    void leavesNothingBehindWhenItIsCancelled() {
        Exporter exporter;
        QSignalSpy cancelled(&exporter, &Exporter::cancelled), finished(&exporter, &Exporter::finished);
        connect(&exporter, &Exporter::progress, &exporter, [&exporter](int percent) {
            if (percent >= 50) exporter.cancel();
        });
        exporter.start(ExportKind::Unattended, request(all()), path(QStringLiteral("gone/deep")));
        QTRY_VERIFY_WITH_TIMEOUT(!exporter.isRunning(), 30'000);
        QCOMPARE(finished.count(), 0);
        QCOMPARE(cancelled.count(), 1);
        QVERIFY(!QFileInfo::exists(path(QStringLiteral("gone"))));
    }

private:
    [[nodiscard]] QString path(const QString& name) const { return m_folder->filePath(name); }
    [[nodiscard]] std::vector<ChartCard*> all() const {
        std::vector<ChartCard*> charts;
        for (const auto& chart : m_charts) charts.push_back(chart.get());
        return charts;
    }
    [[nodiscard]] ExportRequest request(std::vector<ChartCard*> charts) const {
        ExportRequest made;
        made.charts = std::move(charts);
        made.snapshot = m_feed->shown();
        made.fromMs = m_feed->range().fromMs();
        made.toMs = m_feed->range().toMs();
        made.title = QStringLiteral("Product launch");
        made.figures = {{QStringLiteral("Requests / s"), QStringLiteral("4,012"), QStringLiteral("+4.1 %")},
                        {QStringLiteral("Error rate"), QStringLiteral("8.02 %"), QStringLiteral("+0.3 points")},
                        {QStringLiteral("p95 response"), QStringLiteral("184 ms"), QStringLiteral("\u221212 ms")}};
        made.settings = QStringLiteral("[traffic]\non = true\nrate = 4000\n\n[batch]\ninterval = \"250ms\"\n");
        made.palette = darkPalette();
        made.font = m_appearance.font(Appearance::Text::Body);
        return made;
    }
    static bool isDrawn(const QImage& image) {
        QSet<QRgb> colours;
        for (int y = 0; y < image.height() && colours.size() < 8; y += 3)
            for (int x = 0; x < image.width(); x += 3) colours.insert(image.pixel(x, y));
        return colours.size() >= 4;
    }
    static int pages(const QString& pdf) {
        QProcess info;
        info.start(QStringLiteral("pdfinfo"), {pdf});
        if (!info.waitForFinished()) return -1;
        const auto match = QRegularExpression(QStringLiteral("Pages:\\s+(\\d+)")).match(QString::fromUtf8(info.readAllStandardOutput()));
        return match.hasMatch() ? match.captured(1).toInt() : -1;
    }
    [[nodiscard]] QImage page(const QString& pdf, int number) const {
        QProcess render;
        const QString stem = path(QStringLiteral("page%1").arg(number));
        render.start(QStringLiteral("pdftoppm"),
                     {QStringLiteral("-png"), QStringLiteral("-r"), QStringLiteral("60"), QStringLiteral("-f"), QString::number(number),
                      QStringLiteral("-l"), QString::number(number), QStringLiteral("-singlefile"), pdf, stem});
        render.waitForFinished();
        return QImage(stem + QStringLiteral(".png"));
    }
    /// Every point of every shape, through its group's matrix.
    static void staysInside(const QByteArray& svg, QSize size) {
        QXmlStreamReader xml(svg);
        QVector<QTransform> stack{QTransform()};
        static const QRegularExpression number(QStringLiteral("-?\\d+(?:\\.\\d+)?(?:e-?\\d+)?"));
        int points = 0;
        const QRectF room = QRectF(0, 0, size.width(), size.height()).adjusted(-1.5, -1.5, 1.5, 1.5);
        while (!xml.atEnd()) {
            xml.readNext();
            if (xml.isEndElement()) stack.removeLast();
            if (!xml.isStartElement()) continue;
            QTransform here = stack.last();
            const QString matrix = xml.attributes().value(QLatin1String("transform")).toString();
            if (matrix.startsWith(QLatin1String("matrix("))) {
                const QStringList m = matrix.mid(7).chopped(1).split(QLatin1Char(','));
                here =
                    QTransform(m[0].toDouble(), m[1].toDouble(), m[2].toDouble(), m[3].toDouble(), m[4].toDouble(), m[5].toDouble()) * here;
            }
            stack.append(here);
            QString shape;
            if (xml.name() == QLatin1String("polyline") || xml.name() == QLatin1String("polygon"))
                shape = xml.attributes().value(QLatin1String("points")).toString();
            else if (xml.name() == QLatin1String("path")) shape = xml.attributes().value(QLatin1String("d")).toString();
            QVector<double> values;
            if (xml.name() == QLatin1String("rect")) {
                const auto part = [&](const char* name) { return xml.attributes().value(QLatin1String(name)).toDouble(); };
                values = {part("x"), part("y"), part("x") + part("width"), part("y") + part("height")};
            }
            for (auto at = number.globalMatch(shape); at.hasNext();) values.append(at.next().captured().toDouble());
            for (qsizetype i = 0; i + 1 < values.size(); i += 2) {
                const QPointF point = here.map(QPointF(values[i], values[i + 1]));
                QVERIFY2(room.contains(point),
                         qPrintable(QStringLiteral("%1, %2 in %3").arg(point.x()).arg(point.y()).arg(shape.left(80))));
                ++points;
            }
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QVERIFY2(points > 8, qPrintable(QString::number(points)));
    }

    QTemporaryDir m_data;
    std::unique_ptr<QTemporaryDir> m_folder;
    Appearance m_appearance;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Feed> m_feed;
    std::vector<std::unique_ptr<ChartCard>> m_charts;
};

QTEST_MAIN(TestExport)
#include "tst_export.moc"
