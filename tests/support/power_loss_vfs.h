#pragma once
/// A SQLite VFS in memory that can lose its power: at call N everything fails from then on, and what was not synced is
/// kept, lost or torn at a sector, one write at a time, as the seed decides.
///
/// Creations and removals are durable with the next sync of the folder: the first sync of a new journal or WAL, or a removal that asks for
/// it. *Thread:* one connection at a time; shared memory is there (WAL needs it), locks are not.
#include "tests/support/power.h"

#include <cstdint>
#include <memory>
#include <string>

namespace sg::test {

class PowerLossVfs {
public:
    explicit PowerLossVfs(const std::string& name);
    ~PowerLossVfs(); ///< REQUIRES: every connection is closed
    PowerLossVfs(const PowerLossVfs&) = delete;
    PowerLossVfs& operator=(const PowerLossVfs&) = delete;

    [[nodiscard]] const std::string& name() const;
    /// Changing calls (create, write, truncate, sync, remove) so far.
    [[nodiscard]] std::uint64_t calls() const;
    /// Shares count and moment of the cut with other twins, which live as long; then `Power::cutAtCall` decides, and no `cutAt`.
    void plugInto(Power& power);
    /// The power goes at the changing call with this number, from 1; 0 = never.
    void cutAt(std::uint64_t call);
    [[nodiscard]] bool isCut() const;
    /// The power is back: files are what the disk kept. REQUIRES: every connection is closed.
    void restore(std::uint64_t seed);

    struct State;

private:
    std::unique_ptr<State> m_state;
};

} // namespace sg::test
