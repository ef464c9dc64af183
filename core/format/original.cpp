/// The replaced system's lines: `HTTP:<status> <site> <path> <ip>`, without time, method and size. The address is the last word, so that a
/// path may hold spaces.
#include "core/format/formats.h"
#include "core/format/scanner.h"

namespace sg {
namespace {

class OriginalParser final : public ScanningParser {
public:
    explicit OriginalParser(const FormatOptions&) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override {
        constexpr std::string_view kPrefix = "HTTP:";
        if (std::string_view(scan.begin, scan.left()).substr(0, kPrefix.size()) != kPrefix) return Reason::UnknownShape;
        scan.at += kPrefix.size();
        if (const Reason reason = takeStatus(scan, record); reason != Reason::None) return reason;
        if (const Reason reason = scan.space(); reason != Reason::None) return reason;
        const std::string_view site = scan.takeWord();
        if (const Reason reason = scan.space(); reason != Reason::None) return reason;

        const std::string_view rest(scan.at, scan.left());
        const std::size_t lastSpace = rest.rfind(' ');
        if (lastSpace == std::string_view::npos || lastSpace == 0) {
            scan.at = scan.end;
            return Reason::MissingField;
        }
        const std::string_view address = rest.substr(lastSpace + 1);
        if (address.empty()) {
            scan.at = scan.end;
            return Reason::EmptyAddress;
        }
        record.host = presentText(site);
        record.target = presentText(rest.substr(0, lastSpace));
        record.address = presentText(address);
        record.clean = scan.plain && std::memchr(scan.begin, '"', static_cast<std::size_t>(scan.end - scan.begin)) == nullptr;
        return Reason::None;
    }
};

} // namespace

std::shared_ptr<const Format> makeOriginal() { return std::make_shared<ParserFormat<OriginalParser, true>>("original"); }

} // namespace sg
