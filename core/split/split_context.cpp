#include "core/split/split_context.h"

namespace sg {

Status SplitContext::lookForRoom() {
    SG_TRY_ASSIGN(room, writer->room(clock.steady(), tuning));
    return {};
}

void SplitContext::linesRead(std::uint64_t lines) {
    part.lines += lines;
    part.unsplit += lines;
}

void SplitContext::linesGone(std::uint64_t lines) {
    part.lines -= lines;
    part.unsplit -= lines;
}

Status SplitContext::publish(KnownSource& source, Cutter& cutter, const CutRules& with, Cutter::Until until) {
    while (!blocked()) {
        const SteadyTime now = clock.steady();
        auto cut = cutter.next(now, with, until);
        if (!cut) return {};
        SG_TRY(lookForRoom());
        if (blocked()) return {};
        if (cut->arrival.ns == 0) cut->arrival = clock.wall();
        const std::uint64_t torn = cut->lines > cutter.lines() ? 1 : 0; // only now it is a line
        linesRead(torn);
        SG_TRY_ASSIGN(const bool done, writer->publish(source, cutter.offset(), *cut, cutter.bytesOf(*cut), now));
        if (!done) {
            linesGone(torn);
            room = ChunkWriter::Room::DiskFull;
            return {};
        }
        cutter.take(*cut, clock.steady());
    }
    return {};
}

void SplitContext::raise(const std::string& key, Severity severity, std::string sentence, std::string advice) {
    problems.raise(key, severity, std::move(sentence), std::move(advice), clock.wall());
    problemsChanged = true;
}

void SplitContext::resolve(const std::string& key) {
    if (problems.resolve(key, clock.wall())) problemsChanged = true;
}

} // namespace sg
