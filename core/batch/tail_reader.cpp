#include "core/batch/tail_reader.h"

#include "core/batch/header_scan.h"
#include "core/batch/plan_privacy.h"
#include "core/format/format.h"
#include "core/record/header.h"

#include <algorithm>
#include <iterator>

namespace sg {
namespace {

constexpr std::uint64_t kFirstRead = 64U << 10U;
constexpr std::uint64_t kMostBytes = 256U << 10U;

struct RawLine {
    std::string_view bytes;
    std::uint64_t offset = 0; ///< in the chunk
};

/// The last `length` bytes of a chunk as whole lines, at most `most` of them, the newest ones.
std::vector<RawLine> linesOf(std::string_view bytes, std::uint64_t from, std::size_t most) {
    std::vector<RawLine> lines;
    std::size_t at = 0;
    if (from > 0) { // the byte before tells whether a line begins here
        const auto newline = bytes.find('\n');
        at = newline == std::string_view::npos ? bytes.size() : newline + 1;
    }
    const std::uint64_t base = from == 0 ? 0 : from - 1;
    while (at < bytes.size()) {
        const auto newline = bytes.find('\n', at);
        const std::size_t end = newline == std::string_view::npos ? bytes.size() : newline;
        lines.push_back({bytes.substr(at, end - at), base + at});
        at = end + 1;
    }
    if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
    return lines;
}

std::vector<TailLine> parsed(const PlannedChunk& planned, const std::string& header, const std::vector<RawLine>& lines,
                             Anonymizer* anonymizer) {
    const auto format = findFormat(planned.format);
    if (!format) return {};
    FormatOptions options;
    options.zoneOffsetMinutes = planned.zoneMinutes;
    const std::unique_ptr<LineParser> parser = (*format)->makeParser(options);
    parser->setHeader(header);
    std::vector<TailLine> out;
    Record record;
    for (const RawLine& line : lines) {
        const std::uint64_t offset = planned.chunk.start.value + line.offset;
        const LineOutcome outcome = parser->parse(line.bytes, offset == 0, record);
        TailLine tail;
        if (anonymizer == nullptr) tail.raw = line.bytes.substr(0, kTailLineBytes);
        tail.source = planned.chunk.source;
        tail.offset = offset;
        if (outcome.kind == LineOutcome::Kind::Parsed) {
            tail.time = record.hasTime ? record.time : planned.chunk.arrival;
            tail.status = record.status;
            if (anonymizer != nullptr) {
                anonymizer->apply(record);
                tail.raw = rebuiltLine(record).substr(0, kTailLineBytes);
            }
        } else if (outcome.kind == LineOutcome::Kind::Dead) {
            tail.reason = outcome.reason;
        }
        out.push_back(std::move(tail));
    }
    return out;
}

} // namespace

TailPart readTail(FileSystem& files, const Plan& plan, const DataDirectory& data, const std::function<std::string(SourceId)>& sourcePath,
                  const PrivacyKey& key) {
    TailPart part;
    part.batch = plan.id;
    part.linesInBatch = plan.lines;
    const std::unique_ptr<Anonymizer> anonymizer = anonymizerOf(plan, key);
    std::uint64_t room = kMostBytes;
    std::string bytes;
    for (auto planned = plan.chunks.rbegin(); planned != plan.chunks.rend() && part.lines.size() < kTailLines && room > 0; ++planned) {
        const std::uint64_t length = planned->chunk.length.value;
        const ChunkPlace place = placeOf(planned->chunk, sourcePath(planned->chunk.source), data);
        const auto file = files.openRead(place.path);
        if (!file) continue;
        const std::size_t wanted = kTailLines - part.lines.size();
        std::vector<RawLine> lines;
        for (std::uint64_t take = std::min({length, kFirstRead, room});; take = std::min({length, take * 2, room})) {
            const std::uint64_t from = length - take;
            const std::uint64_t begin = from == 0 ? 0 : from - 1;
            bytes.resize(length - begin);
            const auto read = (*file)->readAt(place.offset + begin, bytes);
            if (!read) break;
            bytes.resize(*read);
            lines = linesOf(bytes, from, wanted);
            if (lines.size() >= wanted || take == length || take == room) {
                room -= take;
                break;
            }
        }
        std::string header = planned->header;
        if (needsHeader(planned->format) && !lines.empty()) {
            const HeaderRange before{place.offset, place.offset + lines.front().offset, planned->chunk.start.value == 0};
            if (!foldHeader(**file, before, header)) continue;
        }
        std::vector<TailLine> read = parsed(*planned, header, lines, anonymizer.get());
        read.insert(read.end(), std::make_move_iterator(part.lines.begin()), std::make_move_iterator(part.lines.end()));
        part.lines = std::move(read);
    }
    return part;
}

} // namespace sg
