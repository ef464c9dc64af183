#include "app/report_command.h"

#include "app/arguments.h"
#include "app/report.h"

#include <cstdio>

namespace sg {

int runReportCommand(const std::vector<std::string>& arguments) {
    const auto parsed = parseReportArguments(arguments);
    if (!parsed) {
        std::fprintf(stderr, "streamgauge-cli report: %s\n", parsed.error().message.c_str());
        return 2;
    }
    PosixFileSystem files;
    const auto report = readReport(files, parsed->data);
    if (!report) {
        std::fprintf(stderr, "streamgauge-cli report: %s\n", report.error().message.c_str());
        return 1;
    }
    std::fputs((parsed->json ? reportJson(*report) : reportText(*report)).c_str(), stdout);
    return 0;
}

} // namespace sg
