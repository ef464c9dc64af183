#pragma once
/// A splitter on a disk in memory with a clock that a test moves, and what its chunks say.
#include "core/chunks/data_directory.h"
#include "core/split/splitter.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"

#include <QString>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sg::test {

/// Lines that differ, of 60 bytes or so.
inline std::string linesOf(std::uint64_t first, std::uint64_t count, const std::string& who = "a") {
    std::string text;
    for (std::uint64_t i = first; i < first + count; ++i)
        text += "192.0.2.7 - " + who + " \"GET /page/" + std::to_string(i) + " HTTP/1.1\" 200 " + std::to_string(i * 7) + '\n';
    return text;
}

struct SplitBench {
    explicit SplitBench(std::vector<std::string> follow = {"/log/access.log"}, std::vector<std::string> import = {}) {
        files.put("/data/.made", "");
        options.dataDirectory = "/data";
        options.stream = "abcdefgh";
        options.follow = std::move(follow);
        options.import = std::move(import);
    }
    /// Empty, or why it does not open.
    std::string open() {
        splitter.reset();
        auto opened = Splitter::open(files, clock, options);
        if (!opened) return opened.error().message;
        splitter = std::move(*opened);
        return {};
    }
    /// Steps for this long, at least once; empty, or the error.
    std::string run(Milliseconds time = Milliseconds(0)) {
        const SteadyTime end = clock.steady() + time;
        for (int rounds = 0;; ++rounds) {
            auto wait = splitter->step(tuning);
            if (!wait) return wait.error().message;
            if (rounds > 200'000) return "it never comes to an end";
            if (wait->count() == 0) continue;
            if (clock.steady() >= end) return {};
            clock.advance(std::min<Nanoseconds>({*wait, end - clock.steady(), Milliseconds(10)}));
        }
    }
    std::vector<ChunkRef> chunks() {
        DataDirectory data{"/data"};
        auto list = listChunks(files, data);
        std::vector<ChunkRef> out = list ? *list : std::vector<ChunkRef>();
        for (ChunkRef& chunk : out)
            if (!chunk.reference) chunk.length = ByteCount{files.content(joinPath(data.chunks(), chunk.fileName())).size()};
        return out;
    }
    std::string bytesOf(const ChunkRef& chunk) {
        const DataDirectory data{"/data"};
        if (!chunk.reference) return files.content(joinPath(data.chunks(), chunk.fileName()));
        if (!m_paths.contains(chunk.source.value)) {
            const auto sources = readSources(files, data);
            for (const SourceInfo& source : *sources) m_paths[source.id.value] = source.path;
        }
        return files.content(m_paths[chunk.source.value]).substr(chunk.start.value, chunk.length.value);
    }
    /// The bytes of all chunks, in order.
    std::string text() {
        std::string all;
        for (const ChunkRef& chunk : chunks()) all += bytesOf(chunk);
        return all;
    }
    /// The bytes of each source's chunks.
    std::map<std::uint64_t, std::string> textBySource() {
        std::map<std::uint64_t, std::string> all;
        for (const ChunkRef& chunk : chunks()) all[chunk.source.value] += bytesOf(chunk);
        return all;
    }
    /// What every set of chunks must be: no gap in the sequences, lines as named, positions that join, counters that agree. Empty = it is.
    std::string contradictions() {
        std::uint64_t sequence = 0;
        std::uint64_t lines = 0;
        std::map<std::uint64_t, std::uint64_t> ends;
        std::map<std::uint64_t, SourceInfo> sources;
        auto known = readSources(files, DataDirectory{"/data"});
        if (!known) return known.error().message;
        for (const SourceInfo& source : *known) sources[source.id.value] = source;
        for (const ChunkRef& chunk : chunks()) {
            const std::string name = chunk.fileName();
            if (sequence != 0 && chunk.sequence.value != sequence + 1) return "a sequence is missing before " + name;
            sequence = chunk.sequence.value;
            const std::string bytes = bytesOf(chunk);
            std::uint64_t count = 0;
            for (const char c : bytes) count += c == '\n' ? 1 : 0;
            if (!bytes.empty() && bytes.back() != '\n') ++count;
            if (count != chunk.lines.value) return name + " has " + std::to_string(count) + " lines";
            if (!sources.contains(chunk.source.value)) return name + " is of a source that is not durable";
            const auto end = ends.find(chunk.source.value);
            if (end != ends.end() && chunk.start.value < end->second) return name + " begins before the one before it ends";
            ends[chunk.source.value] = chunk.end().value;
            lines += count;
        }
        if (!splitter) return {};
        const SplitterPart& part = splitter->part();
        if (part.split != lines) return "split says " + std::to_string(part.split) + ", the chunks have " + std::to_string(lines);
        if (part.lines != part.split + part.unsplit)
            return "lines " + std::to_string(part.lines) + " is not split " + std::to_string(part.split) + " + unsplit " +
                   std::to_string(part.unsplit);
        return {};
    }
    [[nodiscard]] bool hasProblem(const std::string& key) const {
        for (const Problem& problem : splitter->part().stage.problems)
            if (problem.key.starts_with(key) && !problem.resolved) return true;
        return false;
    }

    MemoryFileSystem files;
    ManualClock clock;
    SplitterOptions options;
    Tuning tuning;
    std::unique_ptr<Splitter> splitter;

private:
    std::map<std::uint64_t, std::string> m_paths; // of imports
};

} // namespace sg::test

/// In a test: opens, or steps, and fails with the reason.
#define SPLIT_OK(expression)                                                                                                               \
    do {                                                                                                                                   \
        const std::string splitWhy = (expression);                                                                                         \
        QVERIFY2(splitWhy.empty(), splitWhy.c_str());                                                                                      \
    } while (false)
