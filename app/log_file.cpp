#include "app/log_file.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

namespace sg {

void logToFile(const std::string& dataDirectory) {
    try {
        auto logger = spdlog::rotating_logger_mt("streamgauge", dataDirectory + "/streamgauge.log", 5U << 20U, 2);
        logger->flush_on(spdlog::level::warn);
        spdlog::set_default_logger(std::move(logger));
    } catch (const spdlog::spdlog_ex&) {
        // without a log file messages go to stderr, as spdlog does by itself
    }
}

} // namespace sg
