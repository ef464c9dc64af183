/// Apache's `vhost_combined`: `%v:%p` (or `%v` alone) and then `combined`. Its byte count is Debian's `%O` (headers included); it is read
/// as the body's, for a line does not say which of the two was configured.
#include "core/format/clf.h"
#include "core/format/formats.h"

namespace sg {
namespace {

class VhostCombinedParser final : public ScanningParser {
public:
    explicit VhostCombinedParser(const FormatOptions& options) : m_times(options.zoneOffsetMinutes) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override {
        const char* wordEnd = scan.find(' ');
        const std::string_view word(scan.at, static_cast<std::size_t>(wordEnd - scan.at));
        const std::string_view host = withoutPort(word);
        const bool port = host.size() < word.size();
        if (host.empty() || (port ? host.size() + 1 == word.size() : word.find(':') != std::string_view::npos)) return Reason::UnknownShape;
        record.host = presentText(host);
        if (port) record.addExtra(EcsField::DestinationPort, word.substr(host.size() + 1));
        scan.at = wordEnd;
        if (const Reason reason = scan.space(); reason != Reason::None) return reason;

        if (const Reason reason = readClient(scan, m_times, record); reason != Reason::None) return reason;
        markClean(scan, scan.at, record);
        if (const Reason reason = readExchange(scan, record); reason != Reason::None) return reason;
        if (const Reason reason = readReferrerAndAgent(scan, record); reason != Reason::None) return reason;
        return scan.atEnd() ? Reason::None : readExtras(scan, record);
    }
    [[nodiscard]] Syslog syslogHeader() const override { return Syslog::OnFailure; }

    TimeParser m_times;
};

} // namespace

std::shared_ptr<const Format> makeVhostCombined() { return std::make_shared<ParserFormat<VhostCombinedParser>>("vhost_combined"); }

} // namespace sg
