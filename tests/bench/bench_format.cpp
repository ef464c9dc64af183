/// How fast lines are parsed, beside a loop that only finds the newlines: `bench_format [FORMAT FILE]`.
///
/// Without arguments each format reads a synthetic sample of 64 MiB. Seven alternating pairs in one run, the first dropped, medians.
#include "core/format/format.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace sg;

struct Pass {
    double seconds = 0;
    std::size_t lines = 0;
    std::size_t matched = 0;
};

template <class OnLine> Pass overLines(std::string_view bytes, OnLine onLine) {
    Pass pass;
    const auto start = std::chrono::steady_clock::now();
    const char* at = bytes.data();
    const char* end = at + bytes.size();
    while (at < end) {
        const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
        const char* lineEnd = found ? static_cast<const char*>(found) : end;
        pass.matched += onLine(std::string_view(at, static_cast<std::size_t>(lineEnd - at)));
        ++pass.lines;
        at = lineEnd + 1;
    }
    pass.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return pass;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void measure(std::string_view name, std::string_view bytes) {
    const auto format = findFormat(name);
    if (!format) {
        std::fprintf(stderr, "%s\n", format.error().message.c_str());
        return;
    }
    const auto parser = (*format)->makeParser({});
    Record record;
    std::size_t sum = 0; // keeps the compiler from leaving the work out
    std::vector<double> parse;
    std::vector<double> ratio;
    Pass last;
    for (int pair = 0; pair < 8; ++pair) {
        const Pass scan = overLines(bytes, [&](std::string_view line) {
            sum += line.size();
            return true;
        });
        last = overLines(bytes, [&](std::string_view line) {
            const bool parsed = parser->parse(line, false, record).kind == LineOutcome::Kind::Parsed;
            sum += record.target.size();
            return parsed;
        });
        if (pair == 0) continue;
        parse.push_back(last.seconds);
        ratio.push_back(last.seconds / scan.seconds);
    }
    const double seconds = median(parse);
    const auto lines = static_cast<double>(last.lines);
    std::printf("%-15.*s %9zu lines  %6.2f M lines/s  %6.1f ns/line  %5.2f GB/s  %5.1f x memchr  %6.2f %% read  (%zu)\n",
                static_cast<int>(name.size()), name.data(), last.lines, lines / seconds / 1e6, seconds / lines * 1e9,
                static_cast<double>(bytes.size()) / seconds / 1e9, median(ratio), 100.0 * static_cast<double>(last.matched) / lines,
                sum % 10);
}

std::string sample(std::string_view format) {
    constexpr std::size_t kBytes = 64U << 20U;
    static constexpr const char* kPages[] = {"/", "/products/4711?ref=home&utm_source=newsletter", "/cart", "/static/css/site.3f2a.css",
                                             "/search?q=river+gauge"};
    static constexpr const char* kAgents[] = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.5.0"};
    std::string out;
    char line[1024];
    for (unsigned i = 0; out.size() < kBytes; ++i) {
        const unsigned mixed = i * 2654435761U;
        char address[32];
        std::snprintf(address, sizeof address, "%u.%u.%u.%u", mixed >> 24U, mixed >> 16U & 255U, mixed >> 8U & 255U, mixed & 255U);
        const unsigned second = i / 10'000 % 60;
        const char* page = kPages[mixed >> 5U & 3U];
        const char* agent = kAgents[(mixed >> 9U) % 3];
        const unsigned bytes = mixed >> 12U;
        if (format == "original") std::snprintf(line, sizeof line, "HTTP:%u www.gigaom.com %s %s\n", 200 + i % 300, page, address);
        else if (format == "common")
            std::snprintf(line, sizeof line, "%s - - [23/Mar/2024:01:18:%02u +0000] \"GET %s HTTP/1.1\" 200 %u\n", address, second, page,
                          bytes);
        else if (format == "json")
            std::snprintf(line, sizeof line,
                          "{\"time_iso8601\":\"2024-03-23T01:18:%02u+00:00\",\"remote_addr\":\"%s\",\"request\":\"GET %s "
                          "HTTP/1.1\",\"status\":\"200\","
                          "\"body_bytes_sent\":\"%u\",\"request_time\":\"0.042\",\"http_referer\":\"https://shop.example/"
                          "\",\"http_user_agent\":\"%s\"}\n",
                          second, address, page, bytes, agent);
        else
            std::snprintf(line, sizeof line,
                          "%s%s - - [23/Mar/2024:01:18:%02u +0000] \"GET %s HTTP/1.1\" 200 %u \"https://shop.example/\" \"%s\" 0.042\n",
                          format == "vhost_combined" ? "shop.example:443 " : "", address, second, page, bytes, agent);
        out += line;
    }
    return out;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 3) {
        std::ifstream file(argv[2], std::ios::binary);
        if (!file) {
            std::fprintf(stderr, "cannot open %s\n", argv[2]);
            return 1;
        }
        file.seekg(0, std::ios::end);
        std::string bytes(static_cast<std::size_t>(file.tellg()), '\0');
        file.seekg(0);
        file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        measure(argv[1], bytes);
        return 0;
    }
    if (argc != 1) {
        std::fprintf(stderr, "usage: bench_format [FORMAT FILE]\n");
        return 2;
    }
    for (const std::string_view name : sg::formatNames()) measure(name, sample(name));
}
