#include "app/arguments.h"
#include "app/bench_command.h"
#include "app/generate_command.h"
#include "app/heap.h"
#include "app/kibana_command.h"
#include "app/parse_command.h"
#include "app/report_command.h"
#include "app/retry_command.h"
#include "app/run_command.h"
#include "app/server_commands.h"
#include "app/signals.h"
#include "app/split_command.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    sg::keepHeapSmall();
    sg::writeNoCore();
    std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string command = arguments.empty() ? "help" : arguments.front();
    if (!arguments.empty()) arguments.erase(arguments.begin());
    const auto isHelp = [](const std::string& word) { return word == "--help" || word == "-h"; };
    const bool server = command == "doctor" || command == "install" || command == "uninstall" || command == "snapshot";
    const bool known = server ||
        command == "run" || command == "report" || command == "parse" || command == "split" || command == "bench" || command == "kibana" ||
        command == "retry";
    if (known && std::any_of(arguments.begin(), arguments.end(), isHelp)) {
        std::fputs(sg::helpText(command).c_str(), stdout);
        return 0;
    }
    if (command == "help" && !arguments.empty() && arguments.front() == "generate") return sg::runGenerateCommand({"--help"});
    if (command == "run") return sg::runPipelineCommand(arguments);
    if (command == "report") return sg::runReportCommand(arguments);
    if (command == "retry") return sg::runRetryCommand(arguments);
    if (command == "parse") return sg::runParseCommand(arguments);
    if (command == "generate") return sg::runGenerateCommand(arguments);
    if (command == "split") return sg::runSplitCommand(arguments);
    if (command == "bench") return sg::runBenchCommand(arguments);
    if (command == "kibana") return sg::runKibanaCommand(arguments);
    if (server) return sg::runServerCommand(command, arguments);
    if (command == "--version" || command == "version") {
        std::puts("streamgauge-cli " SG_VERSION);
        return 0;
    }
    if (command == "help" || command == "--help" || command == "-h") {
        std::fputs(sg::helpText(arguments.empty() ? std::string() : arguments.front()).c_str(), stdout);
        return 0;
    }
    std::fprintf(stderr, "streamgauge-cli: unknown command \"%s\"; known are run, generate, split, parse, report, retry, bench, kibana, doctor, install, uninstall, snapshot, help\n",
                 command.c_str());
    return 2;
}
