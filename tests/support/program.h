#pragma once
/// Runs a program to its end and keeps all that it says.
#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace sg::test {

struct Said {
    int exitCode = -1; ///< -1: it could not be started, crashed or took longer than it may
    QByteArray text;   ///< of both outputs
};

inline Said saidBy(const QString& program, const QStringList& arguments, const QByteArray& input = {}, int timeoutMs = 120'000) {
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForStarted()) return {-1, "there is no " + program.toUtf8()};
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(timeoutMs)) process.kill();
    process.waitForFinished();
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAll()};
}

} // namespace sg::test
