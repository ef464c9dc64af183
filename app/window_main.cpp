#include "app/heap.h"
#include "app/log_file.h"
#include "app/signals.h"
#include "app/window_arguments.h"
#include "core/base/file_system.h"
#include "core/pipeline/new_run.h"
#include "ui/shell/desktop_scheme.h"
#include "ui/shell/main_window.h"
#include "ui/shell/single_instance.h"

#include <QApplication>
#include <QDir>
#include <QStatusBar>
#include <QTimer>

#include <cstdio>

namespace sg {
namespace {

constexpr int kSignalLookMs = 100;

int complain(const std::string& what, int code) {
    std::fprintf(stderr, "streamgauge: %s\n", what.c_str());
    return code;
}

Theme toTheme(ThemeChoice choice, const WindowSettings& settings) {
    switch (choice) {
    case ThemeChoice::System:
        return Theme::System;
    case ThemeChoice::Light:
        return Theme::Light;
    case ThemeChoice::Dark:
        return Theme::Dark;
    case ThemeChoice::Remembered:
        break;
    }
    const int remembered = settings.value(QStringLiteral("window/theme"), 0).toInt();
    return remembered >= 0 && remembered <= 2 ? static_cast<Theme>(remembered) : Theme::System;
}

Result<std::string> archiveOldRun(const std::string& dataDirectory) {
    PosixFileSystem files;
    return archiveRun(files, dataDirectory, SystemClock().wall());
}

/// The whole application, composed: what is made here is handed down, and nothing else reaches for it.
int runWindow(QApplication& application, const WindowArguments& arguments) {
    const RunArguments& run = arguments.run;
    PosixFileSystem files;
    if (const Status made = files.makeDirectories(run.pipeline.dataDirectory); !made) return complain(made.error().message, 1);

    SingleInstance instance(QString::fromStdString(run.pipeline.dataDirectory));
    if (const qint64 other = instance.other(); other != 0) {
        if (arguments.unattended())
            return complain("another window (process " + std::to_string(other) + ") has " + run.pipeline.dataDirectory + " open", 1);
        QStringList handed;
        for (const QString& file : arguments.files) handed << QDir::current().absoluteFilePath(file);
        if (!arguments.profile.isEmpty()) handed << QDir::current().absoluteFilePath(arguments.profile);
        if (instance.handOver(handed)) return 0;
    }
    instance.listen();
    logToFile(run.pipeline.dataDirectory);

    WindowSettings settings(arguments.settings);
    Appearance appearance;
    DesktopScheme scheme;
    appearance.setSystemDark(scheme.isDark());
    QObject::connect(&scheme, &DesktopScheme::changed, &appearance, &Appearance::setSystemDark);
    appearance.setTheme(toTheme(arguments.theme, settings));
    appearance.applyTo(application);

    Session session(run.pipeline, run.tuning, archiveOldRun);
    Feed feed(session);
    TuningModel tuning(feed);
    MainWindow window(feed, tuning, appearance, settings);
    window.show();

    int exitCode = 0;
    QObject::connect(&session, &Session::failed, &application, [&](const QString& sentence) {
        if (!arguments.unattended()) return;
        exitCode = complain(sentence.toStdString(), 1);
        window.closeNow();
    });
    QObject::connect(&window, &MainWindow::ended, &application, &QApplication::quit);
    QObject::connect(&instance, &SingleInstance::asked, &window, [&](const QStringList& handed) {
        QStringList logs;
        for (const QString& path : handed) {
            if (path.endsWith(QLatin1String(".toml"))) window.openProfile(path);
            else logs << path;
        }
        if (!logs.isEmpty()) window.openLogs(logs, OpenLogDialog::Mode::Import);
        window.setWindowState((window.windowState() & ~Qt::WindowMinimized) | Qt::WindowActive);
        window.raise();
        window.activateWindow();
        QApplication::alert(&window); // a compositor that does not let windows raise themselves shows this instead
    });

    const auto begin = [&] {
        if (run.scenario) window.playScenario(*run.scenario);
        // Whoever brings a log to open wants to see that, and not a generated one first.
        else if ((arguments.start && arguments.files.isEmpty()) || arguments.unattended()) session.start();
    };
    // Without an address nothing needs proving: no keyring is asked before the first picture.
    if (run.tuning.output.url.empty()) begin();
    else window.loadCredentials(begin);
    if (arguments.present) QTimer::singleShot(0, &window, [&] { window.setPresenting(true); });
    if (!arguments.files.isEmpty()) QTimer::singleShot(0, &window, [&] { window.openLogs(arguments.files, OpenLogDialog::Mode::Import); });

    QTimer end;
    end.setSingleShot(true);
    QObject::connect(&end, &QTimer::timeout, &window, [&] {
        if (!arguments.exportTo.isEmpty())
            if (const QString wrong = window.exportTo(arguments.exportTo); !wrong.isEmpty()) exitCode = complain(wrong.toStdString(), 1);
        window.close();
    });
    if (arguments.unattended()) end.start(arguments.exitAfter.value_or(Milliseconds(20'000)));

    // A signal handler may do next to nothing; what it has noted is looked at here.
    QTimer signalLook;
    int seen = 0;
    QObject::connect(&signalLook, &QTimer::timeout, &window, [&] {
        if (stopSignals() == seen) return;
        seen = stopSignals();
        window.close();
    });
    signalLook.start(kSignalLookMs);
    QApplication::exec();
    return exitCode;
}

} // namespace
} // namespace sg

int main(int argc, char** argv) {
    sg::keepHeapSmall();
    sg::writeNoCore();
    const std::vector<std::string> words(argv + 1, argv + argc);
    for (const std::string& word : words) {
        if (word == "--help" || word == "-h" || word == "help") {
            std::fputs(sg::windowHelpText().c_str(), stdout);
            return 0;
        }
        if (word == "--version") {
            std::puts("streamgauge " SG_VERSION);
            return 0;
        }
    }
    const auto arguments = sg::parseWindowArguments(words);
    if (!arguments) return sg::complain(arguments.error().message, 2);
    sg::installSignalHandlers();
    QApplication::setApplicationName(QStringLiteral("streamgauge"));
    QApplication::setApplicationDisplayName(QStringLiteral("Streamgauge"));
    QApplication::setDesktopFileName(QStringLiteral("streamgauge"));
    QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    return sg::runWindow(application, *arguments);
}
