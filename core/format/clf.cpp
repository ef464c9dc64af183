#include "core/format/clf.h"

#include "core/format/request_line.h"

namespace sg {
namespace {

/// A `[` whose text has the separators of `dd/Mon/yyyy:hh`.
bool isTimeBracket(const char* bracket, const char* end) {
    return end - bracket > 12 && bracket[0] == '[' && bracket[3] == '/' && bracket[7] == '/' && bracket[12] == ':';
}

/// The time's bracket at or behind `from`; `end` when there is none. Without one that looks like a time, the first that a space precedes.
const char* findTimeBracket(const Scan& scan, const char* from) {
    if (isTimeBracket(from, scan.end)) return from;
    const char* fallback = scan.end;
    for (const char* p = scan.find('[', from); p != scan.end; p = scan.find('[', p + 1)) {
        if (p[-1] != ' ') continue;
        if (isTimeBracket(p, scan.end)) return p;
        if (fallback == scan.end) fallback = p;
    }
    return fallback;
}

/// `X-Forwarded-For=`, `xff=`, `http_x_forwarded_for:` in front of a quote: lists of servers' addresses have names as well.
bool namesForwardedFor(std::string_view name) {
    if (!name.ends_with('=') && !name.ends_with(':')) return false;
    std::string lower(name.substr(0, name.size() - 1));
    for (char& c : lower) c = c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    return lower.ends_with("forwarded-for") || lower == "xff";
}

Reason endsEarly(Scan& scan, Reason reason = Reason::MissingField) {
    scan.at = scan.end;
    return reason;
}

/// What is not Apache's time between brackets: `[-]`, none, or ISO 8601.
[[gnu::noinline]] bool readOtherTime(std::string_view text, TimeParser& times, Record& record) {
    if (text == "-") return true;
    const auto time = times.iso8601(text);
    if (!time) return false;
    record.time = *time;
    record.hasTime = true;
    return true;
}

/// `[time]`, with `at` on the bracket.
Reason readTime(Scan& scan, TimeParser& times, Record& record) {
    const char* text = ++scan.at;
    const char* close = scan.left() > 26 && text[26] == ']' ? text + 26 : scan.find(']');
    if (close == scan.end) return endsEarly(scan);
    if (const auto time = times.apache({text, static_cast<std::size_t>(close - text)})) [[likely]] {
        record.time = *time;
        record.hasTime = true;
    } else if (!readOtherTime({text, static_cast<std::size_t>(close - text)}, times, record)) {
        return Reason::BadTime;
    }
    scan.at = close + 1;
    return Reason::None;
}

/// A user of several words: Jetty's `-  -  [` has none between its spaces, and `[10.0.0.1] - ann` is what ingress-nginx of before 0.25
/// writes, the client or the list of its proxies once more.
[[gnu::noinline]] std::string_view readSpacedUser(std::string_view user, Record& record) {
    while (user.starts_with(' ')) user.remove_prefix(1);
    while (user.ends_with(' ')) user.remove_suffix(1);
    if (!user.starts_with('[')) return user;
    const std::size_t close = user.find("] - ");
    if (close == std::string_view::npos) return user;
    const std::string_view list = user.substr(1, close - 1);
    if (!isAddressList(list)) return user;
    if (list != record.address) record.addExtra(EcsField::ForwardedFor, list);
    return user.substr(close + 4);
}

/// Whether `addr - [time]` has no user: no riddle as long as nothing stands in front of the client that could be one.
[[gnu::noinline]] bool hasNoUser(const Scan& scan, const char* bracket, const Record& record) {
    return record.address.data() == scan.begin && isTimeBracket(bracket, scan.end);
}

/// `- -` at the end of the line: neither a referrer nor an agent, as servers write it that quote only what there is.
[[gnu::noinline]] bool takeTwoDashes(Scan& scan) {
    if (std::string_view(scan.at, scan.left()) != "- -") return false;
    scan.at = scan.end;
    return true;
}

} // namespace

Reason readClient(Scan& scan, TimeParser& times, Record& record) {
    const char* const addressBegin = scan.at;
    std::string_view address = scan.takeWord();
    if (address.empty()) return Reason::EmptyAddress;
    bool list = false;
    if (address.front() == '"') [[unlikely]] {
        scan.at = addressBegin;
        if (const Reason reason = scan.quoted(address); reason != Reason::None) return reason;
        if (scan.atEnd()) return endsEarly(scan);
        list = isAddressList(address) || address == "-";
        if (!list || *scan.at != ' ') {
            scan.at = addressBegin;
            return Reason::UnknownShape;
        }
    }
    while (!list && address.back() == ',' && !scan.atEnd()) { // a list: proxies' X-Forwarded-For in the place of the client
        ++scan.at;
        scan.takeWord();
        address = {addressBegin, static_cast<std::size_t>(scan.at - addressBegin)};
        if (address.back() != ',') list = true;
    }
    if (scan.atEnd()) return endsEarly(scan);
    record.address = presentText(address);
    ++scan.at;
    const char* identBegin = scan.at;
    const std::string_view ident = scan.takeWord();
    if (scan.atEnd()) return endsEarly(scan);
    if (isTimeBracket(identBegin, scan.end)) { // neither ident nor user
        scan.at = identBegin;
        return Reason::MissingField;
    }
    ++scan.at;

    const char* userBegin = scan.at;
    // Nearly always the user is one word, and the bracket comes right behind it.
    const char* wordEnd = scan.find(' ', userBegin);
    const char* bracket = wordEnd != scan.end && isTimeBracket(wordEnd + 1, scan.end) ? wordEnd + 1 : findTimeBracket(scan, userBegin);
    if (bracket == scan.end) return endsEarly(scan);
    if (bracket == userBegin) [[unlikely]] {
        if (!hasNoUser(scan, bracket, record)) return Reason::MissingField;
    } else {
        std::string_view user(userBegin, static_cast<std::size_t>(bracket - 1 - userBegin));
        if (list && user.starts_with("- ") && isAddressList(ident)) { // the list's proxies, the one that spoke, ident and user
            if (record.address.empty()) record.address = ident;
            else record.addExtra(EcsField::ForwardedFor, ident);
            user.remove_prefix(2);
        } else if (ident != "-" && user.find(' ') != std::string_view::npos) {
            scan.at = identBegin;
            return Reason::UnknownShape;
        } else if (bracket != wordEnd + 1) [[unlikely]] {
            user = readSpacedUser(user, record);
        }
        if (user != "\"\"") record.user = presentText(user); // Apache writes an empty user as two quotes
    }
    scan.at = bracket;
    return readTime(scan, times, record);
}

Reason readExchange(Scan& scan, Record& record) {
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    std::string_view request;
    if (const Reason reason = scan.quoted(request); reason != Reason::None) return reason;
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;

    if (scan.atEnd()) return Reason::MissingField;
    if (const Reason reason = takeStatus(scan, record); reason != Reason::None) return reason;
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;

    if (scan.atEnd()) return Reason::MissingField;
    const char* bytesBegin = scan.at;
    const std::string_view bytes = scan.takeWord();
    if (bytes != "-") {
        const auto number = readNumber(bytes);
        if (!number) {
            scan.at = bytesBegin;
            return Reason::BadNumber;
        }
        record.bytes = *number;
    }
    readRequestLine(request, record);
    return Reason::None;
}

Reason readReferrerAndAgent(Scan& scan, Record& record) {
    std::string_view text;
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    if (!scan.atEnd() && isDigit(*scan.at)) { // `200 512 3413 "-"`: what it counts is not said
        const char* const number = scan.at;
        if (!readNumber(scan.takeWord()) || scan.atEnd() || scan.left() < 2 || scan.at[1] != '"') {
            scan.at = number;
            return Reason::MissingField;
        }
        ++scan.at;
    }
    if (const Reason reason = scan.quoted(text); reason != Reason::None) return takeTwoDashes(scan) ? Reason::None : reason;
    record.referrer = presentText(text);
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    if (const Reason reason = scan.quoted(text); reason != Reason::None) return reason;
    record.agent = presentText(text);
    return Reason::None;
}

Reason readExtras(Scan& scan, Record& record) {
    if (!scan.atEnd() && *scan.at != ' ') return Reason::TrailingGarbage;
    while (!scan.atEnd()) {
        if (*scan.at == ' ') {
            ++scan.at;
            continue;
        }
        if (*scan.at == '"') {
            std::string_view text;
            if (const Reason reason = scan.quoted(text); reason != Reason::None) return reason;
            if (isAddressList(text)) record.addExtra(EcsField::ForwardedFor, text);
            continue;
        }
        const char* wordBegin = scan.at;
        const char* wordEnd = scan.find(' ', wordBegin);
        const char* quote = Scan{wordBegin, wordBegin, wordEnd, scan.plain}.find('"', wordBegin);
        if (quote < wordEnd) { // urt="0.010, 0.020"
            const std::string_view name(wordBegin, static_cast<std::size_t>(quote - wordBegin));
            scan.at = quote;
            std::string_view text;
            if (const Reason reason = scan.quoted(text); reason != Reason::None) return reason;
            if (namesForwardedFor(name) && isAddressList(text)) record.addExtra(EcsField::ForwardedFor, text);
            continue;
        }
        scan.at = wordEnd;
        const std::string_view word(wordBegin, static_cast<std::size_t>(wordEnd - wordBegin));
        if (record.durationNs == kAbsent && word.find('.') != std::string_view::npos)
            if (const auto duration = readSeconds(word)) record.durationNs = *duration;
    }
    return Reason::None;
}

Reason readPlainNumbers(Scan& scan) {
    while (scan.left() > 1 && scan.at[0] == ' ' && isDigit(scan.at[1])) {
        const char* const space = scan.at++;
        if (!readSeconds(scan.takeWord())) {
            scan.at = space + 1;
            return Reason::TrailingGarbage;
        }
    }
    return Reason::None;
}

Reason readEnd(Scan& scan) {
    while (!scan.atEnd() && *scan.at == ' ') ++scan.at;
    return scan.atEnd() ? Reason::None : Reason::TrailingGarbage;
}

void markClean(const Scan& scan, const char* unquotedEnd, Record& record) {
    record.clean = scan.plain && Scan{scan.begin, scan.begin, unquotedEnd, true}.find('"') == unquotedEnd;
}

Reason CombinedParser::read(Scan& scan, Record& record) {
    if (const Reason reason = readClient(scan, m_times, record); reason != Reason::None) return reason;
    markClean(scan, scan.at, record);
    if (const Reason reason = readExchange(scan, record); reason != Reason::None) return reason;
    if (const Reason reason = readReferrerAndAgent(scan, record); reason != Reason::None) return reason;
    return scan.atEnd() ? Reason::None : readExtras(scan, record);
}

} // namespace sg
