#pragma once
/// Runs the command line as its users do, and reads what it says.
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

namespace sg {

struct CliOutcome {
    int exitCode = -1;
    bool killed = false;
    QByteArray output;
    QByteArray errors;
};

/// `fault` becomes STREAMGAUGE_FAULT; with `killAfterMs` the process gets SIGKILL after that time.
inline CliOutcome runCli(const QStringList& arguments, const QString& fault = {}, int killAfterMs = -1) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!fault.isEmpty()) environment.insert(QStringLiteral("STREAMGAUGE_FAULT"), fault);
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(SG_CLI), arguments);
    if (killAfterMs >= 0 && !process.waitForFinished(killAfterMs)) process.kill();
    process.waitForFinished(180'000);
    return {process.exitCode(), process.exitStatus() == QProcess::CrashExit, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

inline QJsonObject readReportOf(const QString& data) {
    const CliOutcome outcome = runCli({QStringLiteral("report"), QStringLiteral("--data"), data, QStringLiteral("--json")});
    return QJsonDocument::fromJson(outcome.output).object();
}

inline QJsonObject ledgerOf(const QString& data) { return readReportOf(data)[QStringLiteral("ledger")].toObject(); }

inline QByteArray toText(const QJsonObject& object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); }

} // namespace sg
