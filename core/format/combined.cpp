/// Apache's `combined`: `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`, and what people put behind it.
#include "core/format/clf.h"
#include "core/format/formats.h"

namespace sg {

std::shared_ptr<const Format> makeCombined() { return std::make_shared<ParserFormat<CombinedParser>>("combined"); }

} // namespace sg
