/// How fast lines are parsed: `bench_format [FORMAT FILE]`.
///
/// Without arguments each format of the table reads lines made after its example, beside `combined` reading its own, in turn; the ratio is
/// that of lines a second of CPU. Then `apache:combined` and `nginx:combined` beside the built-in `combined` over the same bytes. With a
/// file: beside a loop that only finds the newlines. Fifteen alternating pairs in one run, the first dropped, medians.
#include "core/format/format.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace sg;

struct Pass {
    double seconds = 0;
    std::size_t lines = 0;
    std::size_t matched = 0;
};

/// Of this thread: other work on the machine does not count.
double cpuSeconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <class OnLine> Pass overLines(std::string_view bytes, OnLine onLine) {
    Pass pass;
    const double start = cpuSeconds();
    const char* at = bytes.data();
    const char* end = at + bytes.size();
    while (at < end) {
        const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
        const char* lineEnd = found ? static_cast<const char*>(found) : end;
        pass.matched += onLine(std::string_view(at, static_cast<std::size_t>(lineEnd - at)));
        ++pass.lines;
        at = lineEnd + 1;
    }
    pass.seconds = cpuSeconds() - start;
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

constexpr std::string_view kClient = "203.0.113.7";
constexpr std::string_view kSecond = "01:18:20";
constexpr std::string_view kAgent = "curl/8.5.0";
constexpr std::string_view kPath = "/a";

/// 32 MiB of lines after an example: other clients, seconds, agents and paths in the places of the example's. Lines of it before the last
/// stand at the beginning once.
std::string sample(std::string_view example) {
    constexpr std::size_t kBytes = 32U << 20U;
    static constexpr std::string_view kPages[] = {"/", "/products/4711?ref=home&utm_source=newsletter", "/cart",
                                                  "/static/css/site.3f2a.css"};
    static constexpr std::string_view kAgents[] = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", kAgent};
    std::string out;
    if (const auto last = example.rfind('\n'); last != std::string_view::npos) {
        out = example.substr(0, last + 1);
        example.remove_prefix(last + 1);
    }
    for (unsigned i = 0; out.size() < kBytes; ++i) {
        const unsigned mixed = i * 2654435761U;
        std::string line(example);
        const auto replace = [&line](std::string_view what, std::string_view with) {
            if (const auto at = line.find(what); at != std::string::npos) line.replace(at, what.size(), with);
        };
        char address[32];
        std::snprintf(address, sizeof address, "%u.%u.%u.%u", mixed >> 24U, mixed >> 16U & 255U, mixed >> 8U & 255U, mixed & 255U);
        char second[32];
        std::snprintf(second, sizeof second, "01:18:%02u", i / 10'000 % 60);
        std::string agent(kAgents[(mixed >> 9U) % 3]);
        const bool plus = example.find("curl/8.5.0+") != std::string_view::npos; // W3C writes spaces so
        if (plus) std::replace(agent.begin(), agent.end(), ' ', '+');
        replace(kClient, address);
        replace(kSecond, second);
        replace(kAgent, agent);
        const auto path = line.find(std::string(kPath));
        const bool whole = path != std::string::npos && (line[path + 2] == ' ' || line[path + 2] == '?' || line[path + 2] == '"');
        if (whole) line.replace(path, kPath.size(), line[path + 2] == '?' ? "/products/4711" : kPages[mixed >> 5U & 3U]);
        out += line;
        out += '\n';
    }
    return out;
}

std::unique_ptr<LineParser> parserOf(std::string_view name) {
    const auto format = findFormat(name);
    if (!format) {
        std::fprintf(stderr, "%s\n", format.error().message.c_str());
        std::exit(2);
    }
    return (*format)->makeParser({});
}

/// The format over its bytes, and `combined` over its own, in turn.
void compare(std::string_view name, std::string_view bytes, std::string_view combinedBytes) {
    const auto parser = parserOf(name);
    const auto combined = parserOf("combined");
    Record record;
    std::size_t sum = 0; // keeps the compiler from leaving the work out
    const auto over = [&](LineParser& with, std::string_view of) {
        bool first = true;
        return overLines(of, [&](std::string_view line) {
            const bool parsed = with.parse(line, first, record).kind == LineOutcome::Kind::Parsed;
            first = false;
            sum += record.target.size();
            return parsed;
        });
    };
    const auto speed = [](const Pass& pass) { return static_cast<double>(pass.lines) / pass.seconds; };
    std::vector<double> speeds;
    std::vector<double> ratios;
    Pass last;
    for (int pair = 0; pair < 16; ++pair) {
        const bool combinedFirst = pair % 2 == 0;
        Pass base;
        if (combinedFirst) base = over(*combined, combinedBytes);
        last = over(*parser, bytes);
        if (!combinedFirst) base = over(*combined, combinedBytes);
        if (pair == 0) continue;
        speeds.push_back(speed(last));
        ratios.push_back(speed(last) / speed(base));
    }
    const std::size_t colon = name.find(':');
    const std::string_view shown = colon != std::string_view::npos && name.size() > 24 ? name.substr(0, colon + 1) : name;
    std::printf("%-16.*s %5.2f M lines/s  %6.1f ns/line  %5.2f of combined's  %6.2f %% read  (%zu)\n", static_cast<int>(shown.size()),
                shown.data(), median(speeds) / 1e6, 1e9 / median(speeds), median(ratios),
                100.0 * static_cast<double>(last.matched) / static_cast<double>(last.lines), sum % 10);
    std::fflush(stdout);
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
    const auto exampleOf = [](std::string_view name) {
        for (const sg::FormatInfo& info : sg::formatTable())
            if (info.name == name) return info.example;
        return std::string_view();
    };
    const std::string combined = sample(exampleOf("combined"));
    for (const sg::FormatInfo& info : sg::formatTable()) compare(info.name, sample(info.example), combined);
    const std::string plain = sample(exampleOf("nginx_combined"));
    std::printf("the same bytes:\n");
    for (const std::string_view name : {"combined", "apache:combined", "nginx:combined"}) compare(name, plain, plain);
}
