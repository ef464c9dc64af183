#include "core/record/header.h"

namespace sg {
namespace {

constexpr std::string_view kFields = "#Fields:";
constexpr std::string_view kDate = "#Date:";

bool begins(std::string_view line, std::string_view with) {
    if (line.size() < with.size()) return false;
    for (std::size_t i = 0; i < with.size(); ++i) {
        const bool letter = with[i] >= 'A' && with[i] <= 'z';
        if (letter ? (line[i] | 0x20) != (with[i] | 0x20) : line[i] != with[i]) return false;
    }
    return true;
}

} // namespace

bool isFieldsLine(std::string_view line) { return begins(line, kFields); }
bool isDateLine(std::string_view line) { return begins(line, kDate); }

std::string_view headerText(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line.substr(0, kMaxHeaderLine);
}

void takeHeaderLine(std::string_view line, std::string& header) {
    const bool fields = isFieldsLine(line);
    if (!fields && !isDateLine(line)) return;
    line = headerText(line);
    std::string other;
    for (std::string_view rest = header; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        if (isFieldsLine(rest.substr(0, end)) != fields) other = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    header = line;
    if (!other.empty()) header += '\n' + other;
}

} // namespace sg
