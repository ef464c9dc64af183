#include "core/chunks/data_directory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace sg {
namespace {

constexpr std::size_t kTailBlock = 8192;
constexpr std::array<std::string_view, 3> kKinds = {"follow", "import", "retry"}; // by SourceInfo::Kind

/// Splits at `separator`; the last piece may be empty.
std::vector<std::string_view> splitAt(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    while (true) {
        const auto at = text.find(separator);
        out.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return out;
        text.remove_prefix(at + 1);
    }
}

bool toNumber(std::string_view text, std::uint64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

/// Percent-encodes what would break the line or the field structure of the sources file.
std::string escapeField(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || c == '%' || byte == 0x7F) {
            char hex[4];
            std::snprintf(hex, sizeof hex, "%%%02X", byte);
            out += hex;
        } else {
            out += c;
        }
    }
    return out.empty() ? "-" : out;
}

std::string unescapeField(std::string_view text) {
    if (text == "-") return {};
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string sourceLine(const SourceInfo& s) {
    std::string line = std::to_string(s.id.value);
    line += ' ' + std::string(kKinds[static_cast<std::size_t>(s.kind)]) + ' ';
    line += std::to_string(s.device) + ' ' + std::to_string(s.inode) + ' ' + std::to_string(s.fingerprintLength) + ' ';
    line +=
        escapeField(s.fingerprint) + ' ' + std::to_string(s.size) + ' ' + escapeField(s.contentHash) + ' ' + escapeField(s.header) + ' ';
    line += std::to_string(s.begin.value) + ' ' + escapeField(s.path) + ' ' + escapeField(s.beginnings) + ' ' + escapeField(s.firstBytes) +
            '\n';
    return line;
}

bool parseSource(std::string_view line, SourceInfo& s) {
    const auto f = splitAt(line, ' ');
    std::uint64_t length = 0;
    if (f.size() < 11 || f.size() > 13) return false;
    const auto kind = std::find(kKinds.begin(), kKinds.end(), f[1]);
    if (!toNumber(f[0], s.id.value) || kind == kKinds.end() || !toNumber(f[2], s.device) || !toNumber(f[3], s.inode) || !toNumber(f[4], length) || !toNumber(f[6], s.size) ||
        !toNumber(f[9], s.begin.value))
        return false;
    s.kind = static_cast<SourceInfo::Kind>(kind - kKinds.begin());
    s.fingerprintLength = static_cast<std::uint32_t>(length);
    s.fingerprint = unescapeField(f[5]);
    s.contentHash = unescapeField(f[7]);
    s.header = unescapeField(f[8]);
    s.path = unescapeField(f[10]);
    if (f.size() > 11) s.beginnings = unescapeField(f[11]);
    if (f.size() > 12) s.firstBytes = unescapeField(f[12]);
    return true;
}

} // namespace

LineCount ReleasedPositions::lines() const {
    LineCount sum;
    for (const auto& [id, position] : sources) sum += position.lines;
    return sum;
}

bool ReleasedPositions::isReleased(Sequence sequence) const {
    if (sequence > last) return false;
    return std::none_of(holes.begin(), holes.end(), [&](const auto& hole) { return hole.first <= sequence && sequence <= hole.second; });
}

void ReleasedPositions::release(Sequence from, Sequence to) {
    std::vector<std::pair<Sequence, Sequence>> rest;
    for (const auto& [first, end] : holes) {
        if (first < from) rest.emplace_back(first, std::min(end, Sequence{from.value - 1}));
        if (end > to) rest.emplace_back(std::max(first, Sequence{to.value + 1}), end);
    }
    if (from.value > last.value + 1) rest.emplace_back(Sequence{last.value + 1}, Sequence{from.value - 1});
    holes = std::move(rest);
    last = std::max(last, to);
}

Result<ReleasedPositions> readReleased(FileSystem& files, const DataDirectory& data) {
    ReleasedPositions released;
    auto content = files.readWhole(data.released());
    if (!content) {
        if (content.error().code == ErrorCode::NotFound) return released;
        return fail(content.error());
    }
    for (const std::string_view line : splitAt(*content, '\n')) {
        if (line.empty()) continue;
        const auto f = splitAt(line, ' ');
        std::uint64_t id = 0;
        ReleasedPosition position;
        if (f.size() == 2 && f[0] == "last" && toNumber(f[1], released.last.value)) continue;
        std::pair<Sequence, Sequence> hole;
        if (f.size() == 3 && f[0] == "hole" && toNumber(f[1], hole.first.value) && toNumber(f[2], hole.second.value)) {
            released.holes.push_back(hole);
            continue;
        }
        if (f.size() != 3 || !toNumber(f[0], id) || !toNumber(f[1], position.end.value) || !toNumber(f[2], position.lines.value))
            return fail(ErrorCode::Corrupt, data.released() + " has a line that is no position: " + std::string(line));
        released.sources[id] = position;
    }
    return released;
}

Status writeReleased(FileSystem& files, const DataDirectory& data, const ReleasedPositions& released) {
    std::string content = "last " + std::to_string(released.last.value) + '\n';
    for (const auto& [first, last] : released.holes)
        content += "hole " + std::to_string(first.value) + ' ' + std::to_string(last.value) + '\n';
    for (const auto& [id, position] : released.sources)
        content += std::to_string(id) + ' ' + std::to_string(position.end.value) + ' ' + std::to_string(position.lines.value) + '\n';
    return files.replaceDurably(data.released(), content);
}

Result<std::vector<SourceInfo>> readSources(FileSystem& files, const DataDirectory& data) {
    std::vector<SourceInfo> sources;
    auto content = files.readWhole(data.sources(), 1U << 30U);
    if (!content) {
        if (content.error().code == ErrorCode::NotFound) return sources;
        return fail(content.error());
    }
    std::string_view rest = *content;
    while (true) {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos) return sources; // what follows is torn: its source has no chunk yet
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        SourceInfo source;
        if (parseSource(line, source)) sources.push_back(std::move(source));
        // Blocks of an append that was never synced may survive out of order; its sources have no chunk either.
        else if (line.find('\0') == std::string_view::npos)
            return fail(ErrorCode::Corrupt, data.sources() + " has a line that is no source: " + std::string(line));
    }
}

Status appendSources(FileSystem& files, const DataDirectory& data, const std::vector<SourceInfo>& sources) {
    const bool isNew = !files.stat(data.sources());
    SG_TRY_ASSIGN(auto file, files.openAppend(data.sources()));
    SG_TRY_ASSIGN(const FileInfo info, file->info());
    std::uint64_t whole = info.size; // bytes up to the last newline
    std::string block(kTailBlock, '\0');
    for (bool found = false; whole > 0 && !found;) {
        const std::uint64_t from = whole - std::min<std::uint64_t>(whole, kTailBlock);
        SG_TRY_ASSIGN(const std::size_t n, file->readAt(from, std::span(block).first(whole - from)));
        const auto newline = std::string_view(block).substr(0, n).rfind('\n');
        found = newline != std::string_view::npos;
        whole = found ? from + newline + 1 : from;
    }
    if (whole < info.size) SG_TRY(file->truncate(whole));
    std::string lines;
    for (const SourceInfo& s : sources) lines += sourceLine(s);
    if (const Status written = file->append(lines); !written) {
        SG_TRY(file->truncate(whole)); // a partial line must not glue itself to the next one
        return written;
    }
    SG_TRY(file->sync());
    // A kill between the two leaves a name that is not durable; the splitter syncs the folder at its start, before it builds on it.
    return isNew ? files.syncDirectory(data.root) : Status();
}

Result<std::vector<ChunkRef>> listChunks(FileSystem& files, const DataDirectory& data) {
    std::vector<ChunkRef> chunks;
    auto names = files.list(data.chunks());
    if (!names) {
        if (names.error().code == ErrorCode::NotFound) return chunks;
        return fail(names.error());
    }
    for (const std::string& name : *names)
        if (auto chunk = ChunkRef::parseFileName(name)) chunks.push_back(std::move(*chunk));
    std::sort(chunks.begin(), chunks.end(), [](const ChunkRef& a, const ChunkRef& b) { return a.sequence < b.sequence; });
    return chunks;
}

ChunkPlace placeOf(const ChunkRef& chunk, const std::string& sourcePath, const DataDirectory& data) {
    if (chunk.reference) return {sourcePath, chunk.start.value};
    return {joinPath(data.chunks(), chunk.fileName()), 0};
}

} // namespace sg
