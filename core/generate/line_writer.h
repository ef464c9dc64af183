#pragma once
/// Writes one access as a line of a log format.
///
/// *Cost:* copies of prepared fragments, no allocation; the text of the second is made once a second.
#include "core/base/clock.h"
#include "core/contract/tuning.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

/// One request as the log sees it. The views must live until the line is written and hold what `escapeFor` gave; "-" = none.
struct Access {
    std::string_view address;
    std::string_view site;
    std::string_view method = "GET";
    std::string_view path;
    std::string_view protocol = "HTTP/1.1";
    std::string_view referrer = "-";
    std::string_view agent = "-";
    std::uint32_t status = 200; ///< 100..999
    std::uint32_t bytes = 0;
    std::uint32_t responseMs = 0;
};

/// No line is longer: site <= 255, agent <= 1,000, path <= 512 and referrer <= 1,024 bytes.
constexpr std::size_t kMaxLineBytes = 4096;

/// `text` as the format keeps it inside quotes: \xXX (Apache, nginx) or JSON escapes; "" = "-". At most `limit` bytes.
[[nodiscard]] std::string escapeFor(LogFormat format, std::string_view text, std::size_t limit);

class LineWriter {
public:
    explicit LineWriter(LogFormat format) : m_format(format) {}
    [[nodiscard]] LogFormat format() const { return m_format; }
    /// Writes the line with its '\n' to `out` and returns its end. REQUIRES: room for kMaxLineBytes.
    [[nodiscard]] char* write(char* out, const Access& access, Timestamp time);

private:
    void setSecond(std::int64_t second);

    LogFormat m_format;
    std::int64_t m_second = INT64_MIN;
    std::array<char, 28> m_clf{}; ///< "[10/Oct/2000:13:55:36 +0000]"
    std::array<char, 25> m_iso{}; ///< "2000-10-10T13:55:36+00:00"
};

} // namespace sg
