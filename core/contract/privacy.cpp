#include "core/contract/privacy.h"

#include "core/contract/profile_fields.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sg {
namespace {

constexpr std::uint32_t kAllIpv4 = 32, kAllIpv6 = 128, kUsualIpv6 = 48;

std::optional<std::uint32_t> readBits(std::string_view text, std::uint32_t most) {
    std::uint32_t bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || bits > most) return std::nullopt;
    return bits;
}

Failure wrong(std::string_view part, std::string_view right) {
    return fail(ErrorCode::InvalidArgument, "\"" + std::string(part) + "\" must be " + std::string(right));
}

Status readAddresses(std::string_view part, std::string_view value, PrivacyTuning& privacy) {
    const auto slash = value.find('/');
    const auto ipv4 = readBits(value.substr(0, slash), kAllIpv4);
    const auto ipv6 = slash == std::string_view::npos ? kUsualIpv6 : readBits(value.substr(slash + 1), kAllIpv6);
    if (!ipv4 || !ipv6) return wrong(part, "ip= and the bits that are kept, 0 to 32 and 0 to 128, such as ip=24/48");
    privacy.ipv4Bits = *ipv4;
    privacy.ipv6Bits = *ipv6;
    return {};
}

Status readQuery(std::string_view part, std::string_view value, PrivacyTuning& privacy) {
    constexpr std::string_view kKeep = "keep:";
    privacy.queryKeys.clear();
    if (value == "drop") {
        privacy.query = QueryPrivacy::Drop;
        return {};
    }
    if (value.starts_with(kKeep)) {
        privacy.query = QueryPrivacy::KeepOnly;
        privacy.queryKeys = value.substr(kKeep.size());
        std::replace(privacy.queryKeys.begin(), privacy.queryKeys.end(), ':', ',');
        if (!privacy.queryKeys.empty() && checkQueryKeys(privacy.queryKeys).empty()) return {};
    }
    return wrong(part, "query=drop, or query=keep: and the parameters that are kept, such as query=keep:page:q");
}

std::optional<std::uint8_t> digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
    const char lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'f') return static_cast<std::uint8_t>(lower - 'a' + 10);
    return std::nullopt;
}

} // namespace

bool takesOut(const PrivacyTuning& privacy) {
    return privacy.ipv4Bits < kAllIpv4 || privacy.ipv6Bits < kAllIpv6 || privacy.query != QueryPrivacy::Keep ||
           privacy.user != UserPrivacy::Keep;
}

std::string privacyText(const PrivacyTuning& privacy) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ",") + part; };
    if (privacy.ipv4Bits < kAllIpv4 || privacy.ipv6Bits < kAllIpv6)
        add("ip=" + std::to_string(privacy.ipv4Bits) + '/' + std::to_string(privacy.ipv6Bits));
    if (privacy.query == QueryPrivacy::Drop || (privacy.query == QueryPrivacy::KeepOnly && privacy.queryKeys.empty())) {
        add("query=drop");
    } else if (privacy.query == QueryPrivacy::KeepOnly) {
        std::string keys = privacy.queryKeys;
        std::replace(keys.begin(), keys.end(), ',', ':');
        add("query=keep:" + keys);
    }
    if (privacy.user == UserPrivacy::Hash) add("user=hash");
    return text;
}

Result<PrivacyTuning> readPrivacy(std::string_view text) {
    PrivacyTuning privacy;
    if (text.empty() || text == "none") return privacy;
    while (true) {
        // A part goes on behind commas until the next name: query=keep:page,q
        std::size_t end = text.find(',');
        while (end != std::string_view::npos && text.starts_with("query=") &&
               text.substr(end + 1, text.find(',', end + 1) - end - 1).find('=') == std::string_view::npos)
            end = text.find(',', end + 1);
        const std::string_view part = text.substr(0, end);
        if (part.starts_with("ip=")) {
            SG_TRY(readAddresses(part, part.substr(3), privacy));
        } else if (part.starts_with("query=")) {
            SG_TRY(readQuery(part, part.substr(6), privacy));
        } else if (part == "user=hash") {
            privacy.user = UserPrivacy::Hash;
        } else {
            return wrong(part, "one of ip=24/48, query=drop, query=keep:KEY:KEY and user=hash, with commas between");
        }
        if (end == std::string_view::npos) return privacy;
        text.remove_prefix(end + 1);
    }
}

Result<PrivacyKey> readPrivacyKey(std::string_view text) {
    PrivacyKey key{};
    bool right = text.size() == 2 * key.size();
    for (std::size_t i = 0; right && i < key.size(); ++i) {
        const auto high = digit(text[2 * i]);
        const auto low = digit(text[2 * i + 1]);
        right = high && low;
        if (right) key[i] = static_cast<std::uint8_t>(*high << 4U | *low);
    }
    if (!right) return fail(ErrorCode::InvalidArgument, "must be 32 hexadecimal digits");
    return key;
}

bool archivesWhatIsRemoved(const Tuning& tuning) {
    return tuning.batch.release == ReleaseAction::Archive && takesOut(tuning.privacy) && !tuning.privacy.keepChunks;
}

} // namespace sg
