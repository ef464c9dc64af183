#include "core/contract/snapshot.h"

#include <algorithm>

namespace sg {

double ImportProgress::share() const {
    if (bytes == 0) return files == filesDone ? 1 : 0;
    const double whole = static_cast<double>(bytes);
    const double done = paced ? static_cast<double>(read) / whole : static_cast<double>(checked + read) / (2 * whole);
    return std::clamp(done, 0.0, 1.0);
}

} // namespace sg
