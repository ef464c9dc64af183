/// Reads every #include line of core/, ui/ and app/ against the table of layers, and fails with the file, the line and the arrow.
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <vector>

namespace {

struct Layer {
    const char* folder;
    const char* mayInclude; ///< folders of ours, separated by blanks; its own is always allowed
    const char* libraries;  ///< beginnings of <...> names that are neither the standard library nor the system, separated by blanks
};

constexpr const char* kAll = "core ui app";

const std::vector<Layer> kLayers = {
    {"core/base", "", "spdlog/"},
    {"core/record", "core/base", ""},
    {"core/contract", "core/base core/record", ""},
    {"core/chunks", "core/base core/record", ""},
    {"core/format", "core/base core/record core/contract", "simdjson absl/"},
    {"core/enrich", "core/base core/record core/contract", "re2/ pcre2 yaml-cpp/ maxminddb absl/ simdjson"},
    {"core/aggregate", "core/base core/record core/contract", "absl/"},
    {"core/query", "core/base core/record core/contract", "absl/"},
    {"core/generate", "core/base core/record core/contract", "zlib"},
    {"core/split", "core/base core/record core/contract core/chunks", "zlib"},
    {"core/elastic", "core/base core/record core/contract", "simdjson libdeflate"},
    {"core/store", "core/base core/record core/contract core/aggregate", "sqlite3"},
    {"core/batch",
     "core/base core/record core/contract core/chunks core/format core/enrich core/aggregate core/query core/elastic core/store", ""},
    {"core/pipeline", "core", "Q toml++/ spdlog/ prometheus/"},
    {"ui/style", "", "Q"},
    {"ui/models", "core/pipeline/pipeline.h core/contract core/record core/base ui/style", "Q"},
    {"ui/charts", "core/pipeline/pipeline.h core/contract core/record core/base ui/style ui/models", "Q"},
    {"ui/controls", "core/pipeline/pipeline.h core/contract core/record core/base ui/style ui/models", "Q"},
    {"ui/views", "core/pipeline/pipeline.h core/contract core/record core/base ui/style ui/models ui/charts", "Q"},
    {"ui/export", "core/contract core/record core/base ui/style ui/models ui/charts", "Q"},
    {"ui/shell",
     "ui core/pipeline/doctor_visit.h core/pipeline/kibana_client.h core/pipeline/pipeline.h core/pipeline/profile.h core/pipeline/recognise.h core/pipeline/scenario.h "
     "core/contract core/record core/base",
     "Q qt6keychain/ spdlog/"},
    {"app", kAll, "Q spdlog/"},
};

/// Qt modules that nothing below the window may name.
const QStringList kWindowOnly = {"QWidget", "QMainWindow", "QApplication", "QGuiApplication", "QPainter", "QImage",
                                 "QColor",  "QChart",      "QtWidgets",    "QtGui",           "QtCharts", "QMessageBox"};

struct Include {
    QString file;
    int line;
    QString name;
    bool ours;
};

QString sourceDirectory() { return QStringLiteral(SG_SOURCE_DIR); }

QStringList words(const char* text) { return QString::fromLatin1(text).split(' ', Qt::SkipEmptyParts); }

bool within(const QString& path, const QString& allowed) { return path == allowed || path.startsWith(allowed + '/'); }

QStringList filesIn(const QString& top, const QStringList& patterns) {
    QStringList files;
    QDirIterator each(sourceDirectory() + '/' + top, patterns, QDir::Files, QDirIterator::Subdirectories);
    while (each.hasNext()) files << QDir(sourceDirectory()).relativeFilePath(each.next());
    files.sort();
    return files;
}

QStringList linesOf(const QString& file) {
    QFile in(sourceDirectory() + '/' + file);
    if (!in.open(QIODevice::ReadOnly)) return {};
    return QString::fromUtf8(in.readAll()).split('\n');
}

QList<Include> includesOf(const QString& file, const QStringList& lines) {
    static const QRegularExpression pattern(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
    QList<Include> includes;
    for (int i = 0; i < lines.size(); ++i)
        if (const auto match = pattern.match(lines[i]); match.hasMatch())
            includes.append({file, i + 1, match.captured(2), match.captured(1) == "\""});
    return includes;
}

const Layer* layerOf(const QString& file) {
    for (const Layer& layer : kLayers)
        if (within(file, layer.folder)) return &layer;
    return nullptr;
}

/// Headers with a slash or .h that belong to C, POSIX or the processor are everybody's.
bool isSystem(const QString& name) {
    static const QStringList known = {"fcntl.h",     "malloc.h",    "unistd.h", "dirent.h",    "pthread.h",   "pwd.h",
                                      "poll.h",      "signal.h",    "sched.h",  "termios.h",   "glob.h",      "fnmatch.h",
                                      "emmintrin.h", "immintrin.h", "cxxabi.h", "arpa/inet.h", "netinet/in.h"};
    static const QRegularExpression standard("^[a-z_0-9]+$");
    return standard.match(name).hasMatch() || name.startsWith("sys/") || known.contains(name);
}

/// What is wrong with an include, as a sentence; empty = nothing.
QString complaint(const Include& include) {
    const QString where = include.file + ':' + QString::number(include.line) + ": ";
    const Layer* layer = layerOf(include.file);
    if (layer == nullptr) return where + "its folder is in no row of the table of layers";
    if (include.ours) {
        if (include.name.endsWith(".moc") || within(include.name, layer->folder)) return {};
        for (const QString& allowed : words(layer->mayInclude))
            if (within(include.name, allowed)) return {};
        return where + layer->folder + " -> " + include.name + " is not an arrow of the table of layers";
    }
    if (isSystem(include.name)) return {};
    const bool belowTheWindow = include.file.startsWith("core/");
    for (const QString& word : kWindowOnly)
        if (belowTheWindow && include.name.startsWith(word))
            return where + layer->folder + " -> <" + include.name + ">: core knows no window";
    for (const QString& library : words(layer->libraries))
        if (include.name.startsWith(library)) return {};
    return where + layer->folder + " -> <" + include.name + "> is not a library of that folder";
}

const QStringList kTops = {"core", "ui", "app"};
const QStringList kSources = {"*.h", "*.cpp"};

} // namespace

class TestArchitecture : public QObject {
    Q_OBJECT
private slots:
    void recognisesAWrongArrow_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("ours");
        QTest::addColumn<bool>("right");
        QTest::newRow("down is right") << "core/batch/engine.cpp"
                                       << "core/store/store.h" << true << true;
        QTest::newRow("up is wrong") << "core/store/store.cpp"
                                     << "core/batch/engine.h" << true << false;
        QTest::newRow("sideways is wrong") << "core/format/json.cpp"
                                           << "core/enrich/enricher.h" << true << false;
        QTest::newRow("a name that only begins alike is wrong") << "core/chunks/a.h"
                                                                << "core/record_of/b.h" << true << false;
        QTest::newRow("a path without its folder is wrong") << "core/batch/a.cpp"
                                                            << "engine.h" << true << false;
        QTest::newRow("an outside library of its row is right") << "core/store/store.cpp"
                                                                << "sqlite3.h" << false << true;
        QTest::newRow("an outside library of another row is wrong") << "core/split/a.cpp"
                                                                    << "sqlite3.h" << false << false;
        QTest::newRow("Qt below the pipeline is wrong") << "core/batch/a.cpp"
                                                        << "QString" << false << false;
        QTest::newRow("Qt in the pipeline is right") << "core/pipeline/a.cpp"
                                                     << "QTimer" << false << true;
        QTest::newRow("a widget in the pipeline is wrong") << "core/pipeline/a.cpp"
                                                           << "QWidget" << false << false;
        QTest::newRow("a folder without a row is wrong") << "core/misc/a.cpp"
                                                         << "vector" << false << false;
        QTest::newRow("the standard library is everybody's") << "core/record/a.h"
                                                             << "string_view" << false << true;
    }
    void recognisesAWrongArrow() {
        QFETCH(QString, file);
        QFETCH(QString, name);
        QFETCH(bool, ours);
        QFETCH(bool, right);
        QCOMPARE(complaint({file, 1, name, ours}).isEmpty(), right);
    }

    void everyIncludeIsInTheTableOfLayers() {
        QStringList wrong;
        int seen = 0;
        for (const QString& top : kTops)
            for (const QString& file : filesIn(top, kSources))
                for (const Include& include : includesOf(file, linesOf(file))) {
                    ++seen;
                    if (const QString sentence = complaint(include); !sentence.isEmpty()) wrong << sentence;
                }
        QVERIFY2(seen > 50, "the sources were not found");
        QVERIFY2(wrong.isEmpty(), qPrintable('\n' + wrong.join('\n')));
    }

    void everyHeaderIsIncludedOnce() {
        QStringList wrong;
        for (const QString& top : kTops)
            for (const QString& file : filesIn(top, {"*.h"}))
                if (const QStringList lines = linesOf(file); lines.value(0) != "#pragma once")
                    wrong << file + ":1: must begin with #pragma once";
        QVERIFY2(wrong.isEmpty(), qPrintable('\n' + wrong.join('\n')));
    }

    void everyFolderHasAShortReadme() {
        QStringList folders{"core", "app", "tests"};
        for (const QString& top : QStringList{"core", "ui"})
            for (const QString& folder : QDir(sourceDirectory() + '/' + top).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                if (!filesIn(top + '/' + folder, kSources).isEmpty()) folders << top + '/' + folder;
        QStringList wrong;
        for (const QString& folder : folders) {
            const qsizetype lines = linesOf(folder + "/README.md").size();
            if (lines == 0) wrong << folder + "/README.md is missing";
            if (lines > 61) wrong << folder + "/README.md has " + QString::number(lines - 1) + " lines, more than 60";
        }
        QVERIFY2(wrong.isEmpty(), qPrintable('\n' + wrong.join('\n')));
    }
};

QTEST_APPLESS_MAIN(TestArchitecture)
#include "tst_architecture.moc"
