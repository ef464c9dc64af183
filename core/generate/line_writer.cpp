#include "core/generate/line_writer.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace sg {
namespace {

char* put(char* out, std::string_view text) { return std::copy_n(text.data(), text.size(), out); }
char* put(char* out, std::uint32_t number) { return std::to_chars(out, out + 10, number).ptr; }
char* putDigits(char* out, unsigned number, int width) {
    for (int i = width - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
    return out + width;
}
/// Seconds with three decimals, as nginx writes $request_time.
char* putSeconds(char* out, std::uint32_t ms) {
    out = put(out, ms / 1000);
    *out++ = '.';
    return putDigits(out, ms % 1000, 3);
}
std::string_view emptyIfNone(std::string_view text) { return text == "-" ? std::string_view{} : text; }

constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

} // namespace

std::string escapeFor(LogFormat format, std::string_view text, std::size_t limit) {
    std::string escaped;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        std::string piece(1, c);
        if (byte < 0x20 || byte == 0x7F || c == '"' || c == '\\') {
            const char high = kHex[byte >> 4U];
            const char low = kHex[byte & 15U];
            if (format != LogFormat::Json) piece = {'\\', 'x', high, low};
            else if (c == '"' || c == '\\') piece = {'\\', c};
            else piece = {'\\', 'u', '0', '0', high, low};
        }
        if (escaped.size() + piece.size() > limit) break;
        escaped += piece;
    }
    return escaped.empty() ? "-" : escaped;
}

void LineWriter::setSecond(std::int64_t second) {
    using namespace std::chrono;
    m_second = second;
    const sys_seconds time{seconds(second)};
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    const auto month = static_cast<unsigned>(date.month());
    const auto putClock = [&](char* out) {
        out = putDigits(out, static_cast<unsigned>(clock.hours().count()), 2);
        *out++ = ':';
        out = putDigits(out, static_cast<unsigned>(clock.minutes().count()), 2);
        *out++ = ':';
        return putDigits(out, static_cast<unsigned>(clock.seconds().count()), 2);
    };
    char* out = m_clf.data();
    *out++ = '[';
    out = putDigits(out, static_cast<unsigned>(date.day()), 2);
    *out++ = '/';
    out = put(out, kMonths.substr((month - 1) * 3, 3));
    *out++ = '/';
    out = putDigits(out, year, 4);
    *out++ = ':';
    put(putClock(out), std::string_view(" +0000]"));

    out = putDigits(m_iso.data(), year, 4);
    *out++ = '-';
    out = putDigits(out, month, 2);
    *out++ = '-';
    out = putDigits(out, static_cast<unsigned>(date.day()), 2);
    *out++ = 'T';
    put(putClock(out), std::string_view("+00:00"));
}

char* LineWriter::write(char* out, const Access& a, Timestamp time) {
    if (const std::int64_t second = time.seconds(); second != m_second) setSecond(second);
    const std::string_view clf(m_clf.data(), m_clf.size());
    if (m_format == LogFormat::Original) {
        out = put(put(out, std::string_view("HTTP:")), a.status);
        *out++ = ' ';
        out = put(out, a.site);
        *out++ = ' ';
        out = put(out, a.path);
        *out++ = ' ';
        out = put(out, a.address);
        *out++ = '\n';
        return out;
    }
    if (m_format == LogFormat::Json) {
        out = put(put(out, std::string_view(R"({"time_iso8601":")")), std::string_view(m_iso.data(), m_iso.size()));
        out = put(put(out, std::string_view(R"(","remote_addr":")")), a.address);
        out = put(put(out, std::string_view(R"(","remote_user":"","request_method":")")), a.method);
        out = put(put(out, std::string_view(R"(","request_uri":")")), a.path);
        out = put(put(out, std::string_view(R"(","server_protocol":")")), a.protocol);
        out = put(put(out, std::string_view(R"(","status":)")), a.status);
        out = put(put(out, std::string_view(R"(,"body_bytes_sent":)")), a.bytes);
        out = putSeconds(put(out, std::string_view(R"(,"request_time":)")), a.responseMs);
        out = put(put(out, std::string_view(R"(,"http_referer":")")), emptyIfNone(a.referrer));
        out = put(put(out, std::string_view(R"(","http_user_agent":")")), emptyIfNone(a.agent));
        out = put(put(out, std::string_view(R"(","host":")")), a.site);
        return put(out, std::string_view("\"}\n"));
    }
    out = put(put(out, a.address), std::string_view(" - - "));
    out = put(put(out, clf), std::string_view(" \""));
    out = put(out, a.method);
    *out++ = ' ';
    out = put(out, a.path);
    *out++ = ' ';
    out = put(put(out, a.protocol), std::string_view("\" "));
    out = put(out, a.status);
    *out++ = ' ';
    // Apache's %b says "-" for no bytes, nginx' $body_bytes_sent says 0.
    out = a.bytes == 0 && m_format != LogFormat::Nginx ? put(out, std::string_view("-")) : put(out, a.bytes);
    if (m_format != LogFormat::Common) {
        out = put(put(out, std::string_view(" \"")), a.referrer);
        out = put(put(out, std::string_view("\" \"")), a.agent);
        *out++ = '"';
        if (m_format == LogFormat::CombinedTimed) {
            *out++ = ' ';
            out = putSeconds(out, a.responseMs);
        }
    }
    *out++ = '\n';
    return out;
}

} // namespace sg
