#pragma once
/// The newest lines of a batch, read back from the ends of its last chunks and parsed once more, for a viewer.
///
/// Where the plan takes personal data out, lines are rebuilt from what is left, and those that cannot be read are shown without their bytes.
/// *Cost:* at most 256 KiB read and 200 lines parsed, whatever the batch's size. *Errors:* none: what cannot be read (any more) is not
/// shown.
#include "core/base/file_system.h"
#include "core/chunks/data_directory.h"
#include "core/contract/log_tail.h"
#include "core/contract/privacy.h"
#include "core/store/plan.h"

#include <functional>
#include <string>

namespace sg {

[[nodiscard]] TailPart readTail(FileSystem& files, const Plan& plan, const DataDirectory& data,
                                const std::function<std::string(SourceId)>& sourcePath, const PrivacyKey& key);

} // namespace sg
