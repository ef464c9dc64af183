#pragma once
/// What all formats share: the place in a line, the search for bytes 16 at a time, numbers, and the frame of a LineParser.
///
/// *Cost:* no allocation, no regular expression; one look at each byte for `plain`, one more to find the field's end.
#include "core/format/format.h"

#include <cstring>
#include <optional>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sg {

/// True when all bytes are printable ASCII and none is a backslash: then nothing in the line is escaped, and a field without a quote
/// can be copied into JSON as it is.
[[nodiscard]] inline bool isPlain(std::string_view text) {
    const char* at = text.data();
    std::size_t left = text.size();
#ifdef __SSE2__
    // As signed bytes, everything from 0x80 on is negative: one comparison finds controls and non-ASCII.
    const __m128i space = _mm_set1_epi8(0x20);
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i del = _mm_set1_epi8(0x7f);
    __m128i bad = _mm_setzero_si128();
    const auto look = [&](const char* from) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        bad = _mm_or_si128(bad, _mm_cmplt_epi8(block, space));
        bad = _mm_or_si128(bad, _mm_or_si128(_mm_cmpeq_epi8(block, backslash), _mm_cmpeq_epi8(block, del)));
    };
    for (; left >= 16; at += 16, left -= 16) look(at);
    if (text.size() >= 16) { // what is left, with bytes that were looked at
        look(text.data() + text.size() - 16);
        left = 0;
    }
    if (_mm_movemask_epi8(bad) != 0) return false;
#endif
    for (; left > 0; ++at, --left) {
        const auto byte = static_cast<unsigned char>(*at);
        if (byte < 0x20 || byte >= 0x7f || byte == '\\') return false;
    }
    return true;
}

/// The reader's place in a line. After a failure `at` stands where the structure broke.
struct Scan {
    const char* begin = nullptr;
    const char* at = nullptr;
    const char* end = nullptr;
    bool plain = false; ///< isPlain(line)

    [[nodiscard]] bool atEnd() const { return at == end; }
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end - at); }
    /// First such byte from `from` on; `end` when there is none. The first 64 bytes without a call: most fields end there.
    [[nodiscard]] const char* find(char byte, const char* from) const {
#ifdef __SSE2__
        const __m128i wanted = _mm_set1_epi8(byte);
        const auto look = [&](const char* block) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
            return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
        };
        for (int block = 0; block < 4 && end - from >= 16; ++block, from += 16)
            if (const unsigned hits = look(from); hits != 0) return from + __builtin_ctz(hits);
        if (end - from < 16 && end - begin >= 16 && from <= end) { // the line's last bytes, without those before `from`
            const unsigned hits = look(end - 16) >> (16 - (end - from));
            return hits != 0 ? from + __builtin_ctz(hits) : end;
        }
#endif
        const void* found = from < end ? std::memchr(from, byte, static_cast<std::size_t>(end - from)) : nullptr;
        return found ? static_cast<const char*>(found) : end;
    }
    [[nodiscard]] const char* find(char byte) const { return find(byte, at); }
    /// The bytes up to `to`; `at` moves there.
    std::string_view take(const char* to) {
        const std::string_view text(at, static_cast<std::size_t>(to - at));
        at = to;
        return text;
    }
    /// The bytes up to the next space or the end.
    std::string_view takeWord() { return take(find(' ', at)); }
    /// Exactly one space. MissingField at the end of the line, TrailingGarbage before anything else.
    [[nodiscard]] Reason space() {
        if (at == end) return Reason::MissingField;
        if (*at != ' ') return Reason::TrailingGarbage;
        ++at;
        return Reason::None;
    }
    /// The closing quote of a quoted field whose text begins at `from`; `end` when there is none. A backslash takes the next byte with it.
    [[nodiscard]] const char* quoteEnd(const char* from) const { return plain ? find('"', from) : escapedQuoteEnd(from); }
    /// A quoted field without its quotes. At the end of the line MissingField; elsewhere than at a quote `otherwise`.
    [[nodiscard]] Reason quoted(std::string_view& text, Reason otherwise = Reason::MissingField) {
        if (at == end) return Reason::MissingField;
        if (*at != '"') return otherwise;
        const char* close = quoteEnd(at + 1);
        if (close == end) return Reason::UnterminatedQuote;
        text = std::string_view(at + 1, static_cast<std::size_t>(close - at - 1));
        at = close + 1;
        return Reason::None;
    }

private:
    [[nodiscard]] const char* escapedQuoteEnd(const char* from) const;
};

/// `-` and the empty text are absent.
[[nodiscard]] inline std::string_view presentText(std::string_view text) {
    if (text.empty() || (text.size() == 1 && text[0] == '-')) return {};
    return text;
}

[[nodiscard]] inline bool isDigit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// All digits, at most the largest 64-bit signed number.
[[nodiscard]] std::optional<std::int64_t> readNumber(std::string_view text);
/// Exactly three digits.
[[nodiscard]] inline std::optional<std::int32_t> readStatus(std::string_view text) {
    if (text.size() != 3 || !isDigit(text[0]) || !isDigit(text[1]) || !isDigit(text[2])) return std::nullopt;
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}
/// The word at the scan as the record's status; `-` is absent. On BadStatus the scan stands at the word's beginning.
[[nodiscard]] Reason takeStatus(Scan& scan, Record& record);
/// Seconds as `12.345` or `12`, to nanoseconds; further digits are cut off.
[[nodiscard]] std::optional<std::int64_t> readSeconds(std::string_view text);
/// A comma-separated list, each an IPv4 or IPv6 address (with port or brackets) or `unknown`, and at least one of them an address.
[[nodiscard]] bool isAddressList(std::string_view text);
/// `host:port` and `[v6]:port` without the port; other text as it is.
[[nodiscard]] std::string_view withoutPort(std::string_view host);

/// Empties a record but for its extras' bytes, which `extraCount` hides: filling 576 bytes with zeros costs as much as two fields.
inline void clearRecord(Record& record) {
    record.line = record.address = record.user = record.request = record.method = record.target = {};
    record.version = record.host = record.referrer = record.agent = {};
    record.time = {};
    record.hasTime = record.clean = false;
    record.status = kNoStatus;
    record.bytes = record.durationNs = kAbsent;
    record.extraCount = 0;
    record.labels = {};
    record.labelsLeftOut = 0;
    record.key = {};
    record.web = true;
}

/// The frame of every parser: byte order mark, CR, blank lines, clearing, and the column of a failure.
///
/// The column counts from the beginning of the line as it was given, a byte order mark included. A syslog header in front is
/// left out, if the format allows; its host is the record's HostName.
class ScanningParser : public LineParser {
public:
    [[nodiscard]] LineOutcome parse(std::string_view line, bool firstOfSource, Record& record) final;

protected:
    /// When a syslog header in front is looked for. First: where a header could pass for the format's own fields.
    enum class Syslog : std::uint8_t { Never, OnFailure, First };

private:
    /// Fills the cleared record. On failure `scan.at` stands where the structure broke.
    [[nodiscard]] virtual Reason read(Scan& scan, Record& record) = 0;
    [[nodiscard]] virtual Syslog syslogHeader() const { return Syslog::Never; }
    [[nodiscard]] bool readBehindHeader(Scan& scan, Record& record, Reason& reason);
};

} // namespace sg
