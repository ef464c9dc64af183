#include "app/heap.h"

#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace sg {

void keepHeapSmall() {
#ifdef __GLIBC__
    constexpr int kLargeBlock = 256 << 10;
    constexpr int kPools = 2;
    ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);
    ::mallopt(M_TRIM_THRESHOLD, kLargeBlock);
    ::mallopt(M_ARENA_MAX, kPools);
#endif
}

} // namespace sg
