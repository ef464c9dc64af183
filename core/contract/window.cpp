#include "core/contract/window.h"

#include <numeric>

namespace sg {

std::uint64_t WindowPoint::lines() const { return std::accumulate(byClass.begin(), byClass.end(), std::uint64_t{0}); }

} // namespace sg
