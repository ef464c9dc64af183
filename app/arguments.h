#pragma once
/// What stands on the command line of `run`, `split`, `retry`, `report`, `kibana` and the server's commands, read into values; and the text
/// of `help`.
///
/// *Errors:* InvalidArgument with one sentence that names the argument and what would be right; secrets are never repeated in it.
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/contract/retry.h"
#include "core/contract/tuning.h"
#include "core/elastic/kibana.h"
#include "core/pipeline/doctor_visit.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/scenario.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

struct RunArguments {
    PipelineOptions pipeline; ///< dataDirectory default: `defaultDataDirectory`
    std::optional<Milliseconds> forDuration;
    Tuning tuning; ///< defaults, then the profile, then the scenario, then the options
    std::optional<Scenario> scenario; ///< begins with `tuning`
    bool colour = true;
    bool plain = false; ///< lines instead of the live view
};

struct RetryArguments {
    RunArguments run; ///< no sources; ends when everything is processed and delivered
    RetryRequest request;
    bool keepHere = false; ///< no output, although batches went to one
};

struct ReportArguments {
    std::string data;
    bool json = false;
};

struct KibanaArguments {
    enum class Errand : std::uint8_t { Import, Open, Check };
    Errand errand = Errand::Check;
    KibanaPlace place;
    Milliseconds last{std::chrono::minutes(15)}; ///< the time range that `open` shows
    bool print = false;                          ///< `open` starts no browser
};

/// Of `doctor`, `install`, `uninstall` and `snapshot`.
struct ServerArguments {
    DoctorPlaces places;
    std::string repository = "streamgauge";
    std::string location;
    bool json = false;
};

/// `arguments` without the program and the command. An option counts wherever it stands; of one given twice the last holds.
[[nodiscard]] Result<RunArguments> parseRunArguments(const std::vector<std::string>& arguments);
[[nodiscard]] Result<RetryArguments> parseRetryArguments(const std::vector<std::string>& arguments);
[[nodiscard]] Result<ReportArguments> parseReportArguments(const std::vector<std::string>& arguments);
/// The first word is the errand. `defaultUrl`: the address when none is given.
[[nodiscard]] Result<KibanaArguments> parseKibanaArguments(const std::vector<std::string>& arguments, const std::string& defaultUrl);

/// `command` is one of the four; `environment` says the value of a variable, empty = unset.
[[nodiscard]] Result<ServerArguments> parseServerArguments(std::string_view command, const std::vector<std::string>& arguments,
                                                           const std::function<std::string(const char*)>& environment);

/// `<xdgDataHome>/streamgauge`, else `<home>/.local/share/streamgauge`; a relative `xdgDataHome` is ignored, as its specification says.
[[nodiscard]] std::string dataDirectoryUnder(std::string_view xdgDataHome, std::string_view home);
/// The same from XDG_DATA_HOME, HOME and the password file.
[[nodiscard]] std::string defaultDataDirectory();

/// All commands, or what one of them takes (`generate` says it itself); unknown names give all commands.
[[nodiscard]] std::string helpText(const std::string& command);

} // namespace sg
