#pragma once
/// Where documents go: the address and prefix of the Tuning as the key under which a cursor is kept.
#include "core/contract/tuning.h"
#include "core/store/plan.h"

namespace sg {

/// Empty when the output is off or has no address. The address itself is the key, not the cluster's uuid: a plan must be able to name
/// its target before the server was ever reached. A user and password in the address are left out.
[[nodiscard]] Target targetOf(const OutputTuning& output);
/// From its key alone: a prefix has no slash.
[[nodiscard]] Target targetOfKey(const std::string& key);

} // namespace sg
