#include "app/server_commands.h"

#include "app/arguments.h"
#include "core/pipeline/qt_transport.h"
#include "core/pipeline/server_talk.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace sg {
namespace {

constexpr int kNoAnswer = 1, kWrong = 2, kToDo = 3;

int complain(const std::string& command, const std::string& what, int code) {
    std::fprintf(stderr, "streamgauge-cli %s: %s\n", command.c_str(), what.c_str());
    return code;
}

void print(const QJsonObject& object) { std::fputs(QJsonDocument(object).toJson().constData(), stdout); }

int sayFindings(const std::vector<Finding>& findings, bool json) {
    const bool toDo = std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.level == Finding::Level::Fault; });
    if (json) {
        QJsonArray lines;
        for (const Finding& f : findings) {
            QJsonObject line{{"check", QString::fromStdString(f.check)},   {"level", levelName(f.level)},
                             {"found", QString::fromStdString(f.found)},   {"means", QString::fromStdString(f.means)},
                             {"advice", QString::fromStdString(f.advice)}, {"remedy", remedyName(f.remedy)}};
            lines << line;
        }
        print({{"well", !toDo}, {"findings", lines}});
        return toDo ? kToDo : 0;
    }
    for (const Finding& f : findings) {
        const char* mark = f.level == Finding::Level::Good ? "ok  " : f.level == Finding::Level::Note ? "note" : "TODO";
        std::printf("%s  %-15s %s\n", mark, f.check.c_str(), f.found.c_str());
        if (!f.means.empty()) std::printf("%22s%s\n", "", ("means: " + f.means).c_str());
        if (!f.advice.empty()) std::printf("%22s%s\n", "", ("do:    " + f.advice).c_str());
    }
    std::puts(toDo ? "Something is to be done." : "All is well.");
    return toDo ? kToDo : 0;
}

int sayRows(const std::string& command, const std::vector<SetUpRow>& rows, bool json) {
    bool toDo = false;
    QJsonArray lines;
    for (const SetUpRow& row : rows) {
        // what is of others is no trouble for who takes ours away
        const bool trouble = command == "uninstall" && row.state == SetUpRow::State::Foreign ? false : row.isTrouble();
        toDo = toDo || trouble || (command == "snapshot" && row.state == SetUpRow::State::Missing);
        if (json) lines << QJsonObject{{"what", QString::fromStdString(sentenceOf(row))}, {"trouble", trouble},
                                       {"advice", QString::fromStdString(row.advice)}};
        else std::printf("%s%s\n", sentenceOf(row).c_str(), row.advice.empty() ? "" : ("\n    do: " + row.advice).c_str());
    }
    if (json) print({{"done", !toDo}, {"rows", lines}});
    else if (rows.empty()) std::puts("Nothing had to be done.");
    return toDo ? kToDo : 0;
}

} // namespace

int runServerCommand(const std::string& command, const std::vector<std::string>& arguments) {
    const auto parsed =
        parseServerArguments(command, arguments, [](const char* name) { return qEnvironmentVariable(name).toStdString(); });
    if (!parsed) return complain(command, parsed.error().message, kWrong);
    const auto credentials = credentialsFromEnvironment();
    if (!credentials) return complain(command, credentials.error().message, kWrong);
    char name[] = "streamgauge-cli";
    char* argv[] = {name, nullptr};
    int argc = 1;
    const QCoreApplication application(argc, argv);
    const DoctorPlaces& places = parsed->places;
    QEventLoop loop;
    if (command == "doctor") {
        DoctorVisit visit(places, *credentials);
        std::vector<Finding> findings;
        visit.run([&](const std::vector<Finding>& found) {
            findings = found;
            loop.quit();
        });
        loop.exec();
        return sayFindings(findings, parsed->json);
    }
    std::shared_ptr<ServerSurvey> errand;
    if (command == "install") errand = std::make_shared<SetUp>(places.setUp);
    else if (command == "uninstall") errand = std::make_shared<Removal>(places.setUp.prefix);
    else errand = std::make_shared<SnapshotTaking>(places.setUp.prefix, parsed->repository, parsed->location, SystemClock().wall());
    const auto transport = makeQtTransport(places.elasticsearch, *credentials, command);
    converse(*transport, errand, [&] { loop.quit(); });
    loop.exec();
    if (const auto& failure = errand->failure())
        return complain(command, serverSilence(places.elasticsearch, *failure), kNoAnswer);
    return sayRows(command, errand->rows(), parsed->json);
}

} // namespace sg
