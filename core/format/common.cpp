/// The Common Log Format: `%h %l %u %t "%r" %>s %b`. Nothing but numbers may follow, and those only for who names the format: else it would
/// swallow every `combined` line.
#include "core/format/clf.h"
#include "core/format/formats.h"

namespace sg {
namespace {

class CommonParser final : public ScanningParser {
public:
    explicit CommonParser(const FormatOptions& options) : m_times(options.zoneOffsetMinutes), m_lenient(options.lenient) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override {
        if (const Reason reason = readClient(scan, m_times, record); reason != Reason::None) return reason;
        markClean(scan, scan.at, record);
        if (const Reason reason = readExchange(scan, record); reason != Reason::None) return reason;
        if (m_lenient)
            if (const Reason reason = readPlainNumbers(scan); reason != Reason::None) return reason;
        return readEnd(scan);
    }
    [[nodiscard]] Syslog syslogHeader() const override { return Syslog::OnFailure; }

    TimeParser m_times;
    bool m_lenient;
};

} // namespace

std::shared_ptr<const Format> makeCommon() { return std::make_shared<ParserFormat<CommonParser>>("common"); }

} // namespace sg
