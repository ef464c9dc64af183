#include "app/generate_command.h"

#include "core/base/duration.h"
#include "core/generate/generator.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace sg {
namespace {

constexpr std::string_view kHelp =
    R"(streamgauge-cli generate [OPTION VALUE]...   writes a realistic access log

  --out FILE            append to FILE; "-" or nothing: the standard output
  --format NAME         combined (with response time), common, nginx, json, original     [combined]
  --no-response-time    combined without the response time
  --rate N|max          lines per second, 1 to 1,000,000                                  [1000]
  --count N             end after N lines
  --for DURATION        end after 10s, 5m, 1h
  --seed N              same seed, --rate max and --start: the same bytes                 [1]
  --start TIME          first time stamp, as 2024-03-23T01:18:20Z                         [now]
  --shape NAME          steady, ramp, steps, spike, double-wave, day-cycle, stages        [steady]
  --amplitude X         of the shape, 0 to 1                                              [0.5]
  --period DURATION     of the shape, 10s to 24h                                          [10m]
  --stages LIST         DURATION:RATE,...: rises or falls to each rate in its time
  --model NAME          visitors, uniform                                                 [visitors]
  --pages N             product pages                                                     [2000]
  --zipf X              exponent of their popularity, 0 to 3                              [1.1]
  --bots X              share of robots, 0 to 1                                           [0.12]
  --malformed X         share of damaged lines, 0 to 1                                    [0.0002]
  --think DURATION      median between two pages of a visitor                             [8s]
  --response-median X   milliseconds                                                      [40]
  --response-spread X   sigma of the log-normal, 0 to 3                                   [0.8]
  --status LIST         CODE=WEIGHT,... instead of the model's own; so also:
  --method LIST         --addresses CIDR=WEIGHT,...  --site NAME=WEIGHT,...  --agent TEXT (repeatable)
  --rotate SIZE         begin a new file at this size (64M, 1G); without it, never
  --rotation KIND       rename, copytruncate                                              [rename]
  --keep N              rotated files, 0 to 100                                           [3]
  --gzip                compress rotated files
)";

struct Request {
    Tuning tuning;
    GeneratorOptions options;
};

/// One sentence about what is wrong with an argument; empty = nothing.
using Complaint = std::string;

template <class T> bool readNumber(const std::string& text, T& into) {
    const char* end = text.data() + text.size();
    T value{};
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return false;
    into = value;
    return true;
}

std::vector<std::string> splitAt(const std::string& text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find(separator, from), text.size());
        parts.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

/// 2024-03-23T01:18:20 with Z, an offset or nothing (UTC); a date alone is its midnight.
std::optional<Timestamp> readTime(const std::string& text) {
    int year = 0, used = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) != 3 || used != 10) return std::nullopt;
    std::size_t at = 10;
    if (at < text.size()) {
        if ((text[at] != 'T' && text[at] != ' ') ||
            std::sscanf(text.c_str() + at + 1, "%2u:%2u:%2u%n", &hour, &minute, &second, &used) != 3)
            return std::nullopt;
        at += 1 + static_cast<std::size_t>(used);
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok() || year < 1970 || year > 2261 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    std::int64_t seconds = std::chrono::sys_days(date).time_since_epoch().count() * 86'400LL + hour * 3600 + minute * 60 + second;
    const std::string zone = text.substr(std::min(at, text.size()));
    if (!zone.empty() && zone != "Z") {
        unsigned zoneHour = 0, zoneMinute = 0;
        if ((zone[0] != '+' && zone[0] != '-') || std::sscanf(zone.c_str() + 1, "%2u:%2u%n", &zoneHour, &zoneMinute, &used) != 2 ||
            static_cast<std::size_t>(used) + 1 != zone.size())
            return std::nullopt;
        const std::int64_t offset = zoneHour * 3600LL + zoneMinute * 60LL;
        seconds += zone[0] == '+' ? -offset : offset;
    }
    return Timestamp::fromSeconds(seconds);
}

std::optional<std::uint64_t> readSize(std::string text) {
    unsigned shift = 0;
    if (!text.empty()) {
        const std::size_t unit = std::string_view("KMG").find(text.back());
        if (unit != std::string_view::npos) {
            shift = 10 * (static_cast<unsigned>(unit) + 1);
            text.pop_back();
        }
    }
    std::uint64_t number = 0;
    if (!readNumber(text, number) || number > (64ULL << 30U) >> shift) return std::nullopt;
    return number << shift;
}

/// NAME or NAME=WEIGHT, separated by commas.
bool readWeights(const std::string& text, std::vector<Weight>& into) {
    for (const std::string& part : splitAt(text, ',')) {
        Weight weight{part, 1};
        if (const std::size_t at = part.rfind('='); at != std::string::npos) {
            weight.name = part.substr(0, at);
            if (!readNumber(part.substr(at + 1), weight.weight) || !(weight.weight >= 0)) return false;
        }
        if (weight.name.empty()) return false;
        into.push_back(weight);
    }
    return true;
}

class Arguments {
public:
    Complaint read(const std::vector<std::string>& args, Request& request) {
        define(request);
        for (std::size_t i = 0; i < args.size(); ++i) {
            std::string name = args[i];
            if (const auto flag = m_flags.find(name); flag != m_flags.end()) {
                flag->second();
                continue;
            }
            std::optional<std::string> value;
            if (const std::size_t at = name.find('='); name.starts_with("--") && at != std::string::npos) {
                value = name.substr(at + 1);
                name.resize(at);
            }
            const auto option = m_options.find(name);
            if (option == m_options.end()) return "unknown argument " + args[i] + "; `streamgauge-cli generate --help` lists what there is";
            if (!value) {
                if (i + 1 >= args.size()) return name + " needs a value: " + option->second.right;
                value = args[++i];
            }
            if (!option->second.set(*value)) return name + " " + *value + " cannot be used: it must be " + option->second.right;
        }
        if (m_timed.has_value() && request.tuning.log.format == LogFormat::CombinedTimed) request.tuning.log.format = LogFormat::Combined;
        if (request.tuning.traffic.shape == LoadShape::Stages && request.tuning.traffic.stages.empty())
            return "--shape stages needs --stages, as in --stages 10s:100,1m:5000";
        return {};
    }

private:
    struct Option {
        std::string right;
        std::function<bool(const std::string&)> set;
    };
    template <class T> void choice(const std::string& name, T& into, std::vector<std::pair<std::string, T>> names) {
        std::string right = "one of";
        for (const auto& [text, value] : names) right += (text == names.front().first ? " " : ", ") + text;
        m_options[name] = {right, [&into, names = std::move(names)](const std::string& text) {
                               for (const auto& [known, value] : names) {
                                   if (known != text) continue;
                                   into = value;
                                   return true;
                               }
                               return false;
                           }};
    }
    template <class T> void number(const std::string& name, T& into, T low, T high, std::string right) {
        m_options[name] = {std::move(right), [&into, low, high](const std::string& text) {
                               T value{};
                               if (!readNumber(text, value) || !(value >= low && value <= high)) return false;
                               into = value;
                               return true;
                           }};
    }
    void weights(const std::string& name, std::vector<Weight>& into, const std::string& right) {
        m_options[name] = {right, [&into](const std::string& text) { return readWeights(text, into); }};
    }
    void define(Request& request) {
        TrafficTuning& traffic = request.tuning.traffic;
        LogTuning& log = request.tuning.log;
        GeneratorOptions& options = request.options;
        log.rotateBytes = 0;
        m_options["--out"] = {"a file or -", [&options](const std::string& text) {
                                  options.path = text == "-" ? std::string() : text;
                                  return !text.empty();
                              }};
        choice<LogFormat>("--format", log.format,
                          {{"combined", LogFormat::CombinedTimed},
                           {"common", LogFormat::Common},
                           {"nginx", LogFormat::Nginx},
                           {"json", LogFormat::Json},
                           {"original", LogFormat::Original}});
        m_flags["--no-response-time"] = [this] { m_timed = false; };
        m_flags["--gzip"] = [&log] { log.gzipRotated = true; };
        m_options["--rate"] = {"max or a number of lines per second from 1 to 1000000", [&traffic](const std::string& text) {
                                   if (text == "max") {
                                       traffic.rate = 0;
                                       return true;
                                   }
                                   double rate = 0;
                                   if (!readNumber(text, rate) || !(rate >= 1 && rate <= 1e6)) return false;
                                   traffic.rate = rate;
                                   return true;
                               }};
        m_options["--count"] = {"a whole number of lines", [&options](const std::string& text) {
                                    std::uint64_t count = 0;
                                    if (!readNumber(text, count)) return false;
                                    options.count = count;
                                    return true;
                                }};
        m_options["--for"] = {"a duration as 500ms, 10s, 5m or 1h", [&options](const std::string& text) {
                                  options.duration = parseDuration(text);
                                  return options.duration.has_value();
                              }};
        m_options["--start"] = {"a time as 2024-03-23T01:18:20Z", [&options](const std::string& text) {
                                    options.start = readTime(text);
                                    return options.start.has_value();
                                }};
        number<std::uint64_t>("--seed", traffic.seed, 0, UINT64_MAX, "a whole number from 0 to 18446744073709551615");
        choice<LoadShape>("--shape", traffic.shape,
                          {{"steady", LoadShape::Steady},
                           {"ramp", LoadShape::Ramp},
                           {"steps", LoadShape::Steps},
                           {"spike", LoadShape::Spike},
                           {"double-wave", LoadShape::DoubleWave},
                           {"day-cycle", LoadShape::DayCycle},
                           {"stages", LoadShape::Stages}});
        number("--amplitude", traffic.amplitude, 0.0, 1.0, "a number from 0 to 1");
        m_options["--period"] = {"a duration from 10s to 24h", [&traffic](const std::string& text) {
                                     const auto period = parseDuration(text);
                                     if (!period || *period < std::chrono::seconds(10) || *period > std::chrono::hours(24)) return false;
                                     traffic.period = *period;
                                     return true;
                                 }};
        m_options["--stages"] = {"DURATION:RATE,... with rates from 0 to 1000000, as 10s:100,1m:5000", [&traffic](const std::string& text) {
                                     for (const std::string& part : splitAt(text, ',')) {
                                         const std::size_t at = part.find(':');
                                         const auto duration = parseDuration(part.substr(0, at));
                                         Stage stage;
                                         if (at == std::string::npos || !duration || !readNumber(part.substr(at + 1), stage.rate) ||
                                             !(stage.rate >= 0 && stage.rate <= 1e6))
                                             return false;
                                         stage.duration = *duration;
                                         traffic.stages.push_back(stage);
                                     }
                                     traffic.shape = LoadShape::Stages;
                                     return true;
                                 }};
        choice<GeneratorModel>("--model", traffic.model, {{"visitors", GeneratorModel::Visitors}, {"uniform", GeneratorModel::Uniform}});
        number<std::uint32_t>("--pages", traffic.pages, 1, 1'000'000, "a whole number from 1 to 1000000");
        number("--zipf", traffic.zipf, 0.0, 3.0, "a number from 0 to 3");
        number("--bots", traffic.botShare, 0.0, 1.0, "a number from 0 to 1");
        number("--malformed", traffic.malformedShare, 0.0, 1.0, "a number from 0 to 1");
        m_options["--think"] = {"a duration from 100ms to 10m", [&traffic](const std::string& text) {
                                    const auto think = parseDuration(text);
                                    if (!think || think->count() < 100 || think->count() > 600'000) return false;
                                    traffic.thinkMedian = static_cast<double>(think->count()) / 1000;
                                    return true;
                                }};
        number("--response-median", traffic.responseMedianMs, 0.1, 60'000.0, "a number of milliseconds from 0.1 to 60000");
        number("--response-spread", traffic.responseSpread, 0.0, 3.0, "a number from 0 to 3");
        m_options["--status"] = {"CODE=WEIGHT,... with codes from 100 to 999, as 200=92,404=5", [&traffic](const std::string& text) {
                                     if (!readWeights(text, traffic.statuses)) return false;
                                     for (const Weight& weight : traffic.statuses) {
                                         unsigned code = 0;
                                         if (!readNumber(weight.name, code) || code < 100 || code > 999) return false;
                                     }
                                     return true;
                                 }};
        weights("--method", traffic.methods, "NAME=WEIGHT,... as GET=90,POST=10");
        weights("--addresses", traffic.addressRanges, "CIDR=WEIGHT,... as 10.0.0.0/8=3,2001:db8::/32=1");
        weights("--site", traffic.sites, "NAME=WEIGHT,... as shop.example=3,www.example=1");
        m_options["--agent"] = {"a user agent", [&traffic](const std::string& text) {
                                    traffic.agents.push_back({text, 1});
                                    return !text.empty();
                                }};
        m_options["--rotate"] = {"a size from 1M to 64G", [&log](const std::string& text) {
                                     const auto size = readSize(text);
                                     if (!size || *size < (1U << 20U)) return false;
                                     log.rotateBytes = *size;
                                     return true;
                                 }};
        choice<RotationKind>("--rotation", log.rotation, {{"rename", RotationKind::Rename}, {"copytruncate", RotationKind::CopyTruncate}});
        number<std::uint32_t>("--keep", log.keepRotated, 0, 100, "a whole number from 0 to 100");
    }
    std::map<std::string, Option> m_options;
    std::map<std::string, std::function<void()>> m_flags;
    std::optional<bool> m_timed;
};

/// SIGINT and SIGTERM as something that can be waited for; the masks are put back at the end.
class StopSignals {
public:
    StopSignals() {
        sigset_t wanted;
        sigemptyset(&wanted);
        sigaddset(&wanted, SIGINT);
        sigaddset(&wanted, SIGTERM);
        sigaddset(&wanted, SIGPIPE); // a reader who goes away is an error of write(), not the end
        ::pthread_sigmask(SIG_BLOCK, &wanted, &m_before);
        sigdelset(&wanted, SIGPIPE);
        m_fd = ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals() {
        signalfd_siginfo taken{};
        while (m_fd >= 0 && ::read(m_fd, &taken, sizeof taken) > 0) {
        }
        ::close(m_fd);
        ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    /// True when one has come, at the latest after `limit`.
    [[nodiscard]] bool arrivedWithin(Milliseconds limit) const {
        pollfd waiting{m_fd, POLLIN, 0};
        return ::poll(&waiting, 1, static_cast<int>(limit.count())) > 0;
    }

private:
    int m_fd = -1;
    sigset_t m_before{};
};

/// *Errors:* Cancelled = nobody reads any more.
Status writeToOutput(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (n >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN) {
            pollfd waiting{STDOUT_FILENO, POLLOUT, 0};
            static_cast<void>(::poll(&waiting, 1, 100));
        } else if (errno == EPIPE) {
            return fail(ErrorCode::Cancelled, "the reader has gone away");
        } else if (errno != EINTR) {
            return fail(ErrorCode::Io, std::string("cannot write to the standard output: ") + std::strerror(errno));
        }
    }
    return {};
}

int endWith(int code, const std::string& sentence) {
    std::fprintf(stderr, "streamgauge-cli generate: %s\n", sentence.c_str());
    return code;
}

/// 0 for a reader who went away, else 1 and a sentence.
int endWith(const Error& error) { return error.code == ErrorCode::Cancelled ? 0 : endWith(1, error.message); }

} // namespace

int runGenerateCommand(const std::vector<std::string>& args) {
    for (const std::string& arg : args) {
        if (arg != "--help" && arg != "-h") continue;
        std::fwrite(kHelp.data(), 1, kHelp.size(), stdout);
        return 0;
    }
    Request request;
    if (const Complaint complaint = Arguments().read(args, request); !complaint.empty()) return endWith(2, complaint);
    request.options.sink = writeToOutput;

    PosixFileSystem files;
    const SystemClock clock;
    const StopSignals stop;
    auto generator = Generator::open(files, clock, request.options, request.tuning);
    if (!generator) return endWith(1, generator.error().message);
    bool diskFull = false;
    while (!(*generator)->finished()) {
        const auto wait = (*generator)->step(request.tuning);
        if (!wait) return endWith(wait.error());
        const bool waiting = (*generator)->part().stage.state == StageState::Waiting;
        if (waiting && !diskFull) std::fprintf(stderr, "streamgauge-cli generate: %s\n", (*generator)->part().stage.detail.c_str());
        diskFull = waiting;
        if (stop.arrivedWithin(*wait)) break;
    }
    if (const Status status = (*generator)->flush(); !status) return endWith(status.error());
    return 0;
}

} // namespace sg
