#include "app/window_arguments.h"

#include "core/base/duration.h"

#include <algorithm>
#include <array>

namespace sg {
namespace {

constexpr std::array<std::string_view, 5> kWithValue{"--exit-after", "--export", "--theme", "--settings", "--profile"};

bool isOneOf(const std::vector<std::string>& arguments, std::initializer_list<std::string_view> names) {
    return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
        return std::any_of(names.begin(), names.end(),
                           [&](std::string_view name) { return argument == name || argument.starts_with(std::string(name) + '='); });
    });
}

Status take(WindowArguments& window, std::string_view name, const std::string& value) {
    const QString text = QString::fromStdString(value);
    if (name == "--export") window.exportTo = text;
    else if (name == "--settings") window.settings = text;
    else if (name == "--profile") window.profile = text;
    else if (name == "--exit-after") {
        const auto time = parseDuration(value);
        if (!time) return fail(ErrorCode::InvalidArgument, "--exit-after must be a duration such as 20s or 5m, not \"" + value + '"');
        window.exitAfter = *time;
    } else if (value == "dark") window.theme = ThemeChoice::Dark;
    else if (value == "light") window.theme = ThemeChoice::Light;
    else if (value == "system") window.theme = ThemeChoice::System;
    else return fail(ErrorCode::InvalidArgument, "--theme must be system, light or dark, not \"" + value + '"');
    return {};
}

} // namespace

Result<WindowArguments> parseWindowArguments(const std::vector<std::string>& arguments) {
    WindowArguments window;
    std::vector<std::string> shared;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--start") {
            window.start = true;
            continue;
        }
        if (argument == "--present") {
            window.present = true;
            continue;
        }
        const std::string name = argument.substr(0, argument.find('='));
        if (std::find(kWithValue.begin(), kWithValue.end(), name) != kWithValue.end()) {
            std::string value;
            if (name.size() < argument.size()) value = argument.substr(name.size() + 1);
            else if (i + 1 < arguments.size()) value = arguments[++i];
            else return fail(ErrorCode::InvalidArgument, name + " needs a value; streamgauge --help shows them");
            SG_TRY(take(window, name, value));
            if (name == "--profile") {
                shared.push_back("--profile");
                shared.push_back(value);
            }
            continue;
        }
        // Names before the first option and behind "--" are files; elsewhere a name may be an option's value.
        if (argument == "--" || (shared.empty() && !argument.starts_with('-'))) {
            const bool rest = argument == "--";
            for (i += rest ? 1 : 0; i < arguments.size() && (rest || !arguments[i].starts_with('-')); ++i)
                window.files << QString::fromStdString(arguments[i]);
            --i;
            continue;
        }
        shared.push_back(argument);
    }
    window.sourceGiven = isOneOf(shared, {"--generate", "--follow", "--import"});
    if (!window.sourceGiven) shared.emplace_back("--generate");
    SG_TRY_ASSIGN(window.run, parseRunArguments(shared));
    return window;
}

std::string windowHelpText() {
    return "streamgauge [OPTION]... [FILE]...\n"
           "Real-time web traffic analytics in a window. Files are opened as if they were dropped on it.\n\n"
           "  --start               start at once instead of waiting for Start\n"
           "  --scenario NAME|FILE  play a prepared demonstration\n"
           "  --present             full screen, large type, no controls\n"
           "  --exit-after TIME     end by itself, such as 20s\n"
           "  --export DIR          at the end leave dashboard.png, a CSV of each chart and ledger.json in DIR\n"
           "  --theme NAME          system, light or dark\n"
           "  --settings FILE       of the window; default ~/.config/streamgauge/streamgauge.conf\n"
           "  --profile FILE        settings of the pipeline, as written by the window or by hand\n\n"
           "and all options of streamgauge-cli run (streamgauge-cli help run): --data, --generate, --follow, --import, --rate, ...\n";
}

} // namespace sg
