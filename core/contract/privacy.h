#pragma once
/// What personal data is taken out of lines, as the text of `--anonymize` and of a plan: `ip=24/48,query=keep:page:q,user=hash`.
///
/// Parts that are not named leave their data as it is; the empty text is nothing taken out.
#include "core/base/result.h"
#include "core/contract/tuning.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

/// What user names are hashed with. Without it a hash tells nobody anything, not even by trying all names.
using PrivacyKey = std::array<std::uint8_t, 16>;

[[nodiscard]] bool takesOut(const PrivacyTuning& privacy);
/// One text for one meaning: equal options have equal texts.
[[nodiscard]] std::string privacyText(const PrivacyTuning& privacy);
/// Also the options as people write them: `ip=24` (IPv6: 48), keys with commas between, `none`. *Errors:* InvalidArgument as the end of a
/// sentence.
[[nodiscard]] Result<PrivacyTuning> readPrivacy(std::string_view text);
/// 32 hexadecimal digits. *Errors:* InvalidArgument.
[[nodiscard]] Result<PrivacyKey> readPrivacyKey(std::string_view text);

/// Archived chunks would keep the lines as they were, and `keepChunks` does not allow it.
[[nodiscard]] bool archivesWhatIsRemoved(const Tuning& tuning);

} // namespace sg
