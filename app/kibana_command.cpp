#include "app/kibana_command.h"

#include "app/arguments.h"
#include "core/pipeline/kibana_client.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QProcess>

#include <cstdio>
#include <optional>

namespace sg {
namespace {

using Errand = KibanaArguments::Errand;
using Dashboards = KibanaState::Dashboards;

int complain(const std::string& what, int code) {
    std::fprintf(stderr, "streamgauge-cli kibana: %s\n", what.c_str());
    return code;
}

/// Runs the event loop until the answer is there.
template <class T, class Begin> Result<T> await(const Begin& begin) {
    QEventLoop loop;
    std::optional<Result<T>> result;
    begin([&](Result<T> answer) {
        result = std::move(answer);
        loop.quit();
    });
    loop.exec();
    return std::move(*result);
}

int importInto(KibanaClient& client) {
    const auto imported = await<int>([&](auto answer) { client.import(answer); });
    if (!imported) return complain(imported.error().message, 1);
    std::printf("%d objects are in Kibana at %s; open them with: streamgauge-cli kibana open\n", *imported, client.place().url.c_str());
    return 0;
}

/// 0 when the dashboards can be used as they are.
int say(const KibanaState& state, const std::string& url) {
    const std::string at = state.product + " at " + url;
    switch (state.dashboards) {
    case Dashboards::Missing:
        std::printf("%s answers; the dashboards are not there. Import them with: streamgauge-cli kibana import\n", at.c_str());
        return 3;
    case Dashboards::Older:
        std::printf("%s answers; the dashboards there are older than version %d. Renew them with: streamgauge-cli kibana import\n",
                    at.c_str(), kibanaDashboardsVersion());
        return 3;
    case Dashboards::Newer:
        std::printf("%s answers; the dashboards there are newer than this program's.\n", at.c_str());
        return 0;
    case Dashboards::Current:
        break;
    }
    std::printf("%s answers; the dashboards are there, version %d.\n", at.c_str(), kibanaDashboardsVersion());
    return 0;
}

void openBrowser(const std::string& url, bool print) {
    std::printf("%s\n", url.c_str());
    const bool display = qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
    if (!print && display && !QProcess::startDetached(QStringLiteral("xdg-open"), {QString::fromStdString(url)}))
        std::fprintf(stderr, "No browser could be started: open this address yourself.\n");
}

} // namespace

int runKibanaCommand(const std::vector<std::string>& arguments) {
    const auto parsed = parseKibanaArguments(arguments, qEnvironmentVariable("STREAMGAUGE_KIBANA_URL").toStdString());
    if (!parsed) return complain(parsed.error().message, 2);
    char name[] = "streamgauge-cli";
    char* argv[] = {name, nullptr};
    int argc = 1;
    const QCoreApplication application(argc, argv);
    const auto made = KibanaClient::create(parsed->place);
    if (!made) return complain(made.error().message, 2);
    KibanaClient& client = **made;
    if (parsed->errand == Errand::Import) return importInto(client);
    const auto state = await<KibanaState>([&](auto answer) { client.check(answer); });
    // Who may not ask may still look: the browser has a login of its own.
    const bool unknown = !state && state.error().code == ErrorCode::PermissionDenied && parsed->errand == Errand::Open;
    if (!state) complain(state.error().message, 1);
    if (!state && !unknown) return 1;
    if (state) {
        const int there = say(*state, parsed->place.url);
        if (parsed->errand == Errand::Check || state->dashboards == Dashboards::Missing) return there;
    }
    openBrowser(kibanaOverviewUrl(parsed->place, {std::chrono::duration_cast<std::chrono::seconds>(parsed->last).count(), {}, {}}),
                parsed->print);
    return 0;
}

} // namespace sg
