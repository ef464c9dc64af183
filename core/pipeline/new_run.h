#pragma once
/// A new run in the same data directory: what the old one holds moves into `archive/run-<UTC stamp>-<stream>/`, and the books begin at
/// zero.
///
/// Moved are the store, the chunks that wait, the positions, the stream id, the progress records and the generator's log. Not moved are
/// the logs of others that were followed: the new run goes on where the old one stopped reading them, so that each of their lines is in
/// exactly one run. Files that were imported are forgotten: they can be imported again.
///
/// A kill at any time leaves the old run whole, or a move that the next `finishNewRun` (every opening of the directory calls it) completes:
/// the file `new_run` names the archive, and is durable before the first move and until the last. So does a power loss, on a file system
/// whose journal writes a rename across folders as one (ext4, XFS, btrfs): each file has its old name or its new one. An archived run can
/// be looked at like any data directory (`--data <archive>/run-...`).
#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/chunks/data_directory.h"

#include <string>

namespace sg {

/// The path of the archive; empty when there was nothing to archive. *Errors:* Busy when the directory is open, here or in another process;
/// those of the disk.
[[nodiscard]] Result<std::string> archiveRun(FileSystem& files, const std::string& dataDirectory, Timestamp now);
/// Completes what a kill interrupted. REQUIRES: the directory's lock.
[[nodiscard]] Status finishNewRun(FileSystem& files, const DataDirectory& data);

} // namespace sg
