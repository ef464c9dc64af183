#pragma once
/// Takes personal data out of a line before anybody counts, shows, stores or sends it.
///
/// `ip`: addresses of the client, of X-Forwarded-For lists and of labels keep their first bits (an IPv4 address inside an IPv6 one keeps
/// those of an IPv4 address); ports, host names and what is no address are left out. `query`: queries of targets and referrers, and the
/// fragments behind them, keep only the parameters that were asked for. `user`: user names become a keyed hash (`user.hash`); those inside
/// of URLs and of client certificates too. With any of them the raw line, a request that is none and the server's own messages are left
/// out: they may hold anything. Paths and user agents stay as they are.
///
/// *Thread:* one. *Cost:* a few copies of short texts a line, no allocation once its scratch has grown.
/// *Source:* SipHash-2-4, Aumasson and Bernstein, INDOCRYPT 2012: a keyed function made for short inputs.
#include "core/contract/privacy.h"
#include "core/record/event.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

class Anonymizer {
public:
    Anonymizer(const PrivacyTuning& privacy, const PrivacyKey& key);
    /// The views of the Record that change point into this object until the next call.
    void apply(Record& record);

private:
    [[nodiscard]] std::string_view address(std::string_view one);
    [[nodiscard]] std::string_view addresses(std::string_view list);
    [[nodiscard]] std::string_view addressesWithin(std::string_view text);
    [[nodiscard]] std::string_view query(std::string_view text);
    [[nodiscard]] std::string_view url(std::string_view text);
    [[nodiscard]] std::string_view name(std::string_view user);
    [[nodiscard]] Label label(Label label);
    [[nodiscard]] bool isKept(std::string_view parameter) const;
    [[nodiscard]] std::string& scratch();

    const PrivacyTuning m_privacy;
    const bool m_shortens;
    std::vector<std::string> m_kept; ///< query parameters
    std::uint64_t m_key0 = 0, m_key1 = 0;
    std::deque<std::string> m_texts; ///< of the present Record; they never move
    std::size_t m_used = 0;
    std::vector<Label> m_labels;
};

/// The line as it may be shown, in the manner of the combined format, from what the Record still holds.
[[nodiscard]] std::string rebuiltLine(const Record& record);

} // namespace sg
