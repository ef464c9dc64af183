/// nginx's `combined`: `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`.
///
/// The fields and their order are those of Apache's. nginx writes `\x22` for a quote and `\x5C` for a backslash, which the rule of
/// Apache's (a backslash takes the next byte with it) reads correctly as well; so both are one parser, and `combined` wins their tie.
#include "core/format/clf.h"
#include "core/format/formats.h"

namespace sg {

std::shared_ptr<const Format> makeNginxCombined() { return std::make_shared<ParserFormat<CombinedParser>>("nginx_combined"); }

} // namespace sg
