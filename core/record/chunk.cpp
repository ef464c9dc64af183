#include "core/record/chunk.h"

#include <charconv>
#include <cstdio>

namespace sg {
namespace {

constexpr std::size_t kStreamLength = 8;
constexpr const char* kCountedMark = "+";

bool isStream(std::string_view text) {
    if (text.size() != kStreamLength) return false;
    for (const char c : text)
        if (!((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'))) return false;
    return true;
}

bool takeNumber(std::string_view& rest, std::size_t width, std::uint64_t& out) {
    if (rest.size() < width + 1 || rest[0] != '-') return false;
    const std::string_view digits = rest.substr(1, width);
    for (const char c : digits)
        if (c < '0' || c > '9') return false;
    std::from_chars(digits.data(), digits.data() + width, out);
    rest.remove_prefix(width + 1);
    return true;
}

/// A dash and the number with at least `width` digits; a larger one keeps all of its own.
void appendPadded(std::string& out, std::uint64_t value, std::size_t width) {
    char digits[20];
    const char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const auto size = static_cast<std::size_t>(end - digits);
    out += '-';
    if (size < width) out.append(width - size, '0');
    out.append(digits, size);
}

} // namespace

std::string ChunkRef::fileName() const {
    char text[128];
    int n = std::snprintf(text, sizeof text, "%.8s-%09llu-%06llu-%015llu-%08llu-%013lld", stream.c_str(),
                          static_cast<unsigned long long>(sequence.value), static_cast<unsigned long long>(source.value),
                          static_cast<unsigned long long>(start.value), static_cast<unsigned long long>(lines.value),
                          static_cast<long long>(arrival.ns / 1'000'000));
    if (reference)
        n += std::snprintf(text + n, sizeof text - static_cast<std::size_t>(n), "-%09llu", static_cast<unsigned long long>(length.value));
    return std::string(text, static_cast<std::size_t>(n)) + (reference ? ".ref" : ".log");
}

std::optional<ChunkRef> ChunkRef::parseFileName(std::string_view name) {
    ChunkRef chunk;
    if (name.size() < kStreamLength || !isStream(name.substr(0, kStreamLength))) return std::nullopt;
    chunk.stream = name.substr(0, kStreamLength);
    name.remove_prefix(kStreamLength);
    std::uint64_t arrivalMs = 0;
    if (!takeNumber(name, 9, chunk.sequence.value) || !takeNumber(name, 6, chunk.source.value) || !takeNumber(name, 15, chunk.start.value) ||
        !takeNumber(name, 8, chunk.lines.value) || !takeNumber(name, 13, arrivalMs))
        return std::nullopt;
    chunk.arrival = Timestamp::fromMilliseconds(static_cast<std::int64_t>(arrivalMs));
    if (name == ".log") return chunk;
    if (!takeNumber(name, 9, chunk.length.value) || name != ".ref") return std::nullopt;
    chunk.reference = true;
    return chunk;
}

std::string retrySourceName(std::string_view key, bool counted) { return std::string(key) + (counted ? kCountedMark : ""); }

std::string_view retryKey(std::string_view name, bool& counted) {
    counted = name.ends_with(kCountedMark);
    if (counted) name.remove_suffix(std::string_view(kCountedMark).size());
    return name;
}

std::string documentId(std::string_view stream, Sequence sequence, std::uint64_t offsetInChunk) {
    // By hand: this runs once per document.
    std::string id;
    id.reserve(stream.size() + 2 + 2 * 20);
    id += stream;
    appendPadded(id, sequence.value, 9);
    appendPadded(id, offsetInChunk, 8);
    return id;
}

} // namespace sg
