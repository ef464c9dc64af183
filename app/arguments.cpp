#include "app/arguments.h"

#include "core/base/duration.h"
#include "core/contract/privacy.h"
#include "core/contract/profile_fields.h"
#include "core/format/format.h"
#include "core/pipeline/profile.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <pwd.h>
#include <span>
#include <unistd.h>
#include <utility>

namespace sg {
namespace {

enum class Takes : std::uint8_t { Nothing, One, Several };

/// What the options of `run` are read into. What changes the Tuning waits until the profile has been read.
struct RunDraft {
    RunArguments arguments;
    std::string profile;
    std::string scenario;
    std::string databases; ///< of places, with colons between
    bool formatGiven = false;
    bool logFormatGiven = false;
    std::vector<std::function<void(Tuning&)>> changes;
};

template <class Draft> struct Option {
    std::string_view name;
    Takes takes;
    std::string_view value; ///< as help shows it
    std::string_view help;
    Status (*read)(Draft&, const std::string& value);
};

Failure wrong(std::string_view name, const std::string& value, std::string_view right) {
    return fail(ErrorCode::InvalidArgument, std::string(name) + " is \"" + value + "\", but must be " + std::string(right));
}

std::optional<double> readReal(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

Result<std::uint64_t> readWhole(std::string_view name, const std::string& text, std::uint64_t low, std::uint64_t high) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value < low || value > high)
        return wrong(name, text, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return value;
}

Result<Milliseconds> readDuration(std::string_view name, const std::string& text, Milliseconds low, Milliseconds high,
                                  std::string_view range) {
    const auto value = parseDuration(text);
    if (!value || *value < low || *value > high) return wrong(name, text, "a duration " + std::string(range) + ", such as 500ms, 1s or 5m");
    return *value;
}

Result<std::size_t> readChoice(std::string_view name, const std::string& text, std::span<const std::string_view> names) {
    const auto at = std::find(names.begin(), names.end(), text);
    if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
    std::string known;
    for (const std::string_view each : names) known += (known.empty() ? "" : ", ") + std::string(each);
    return wrong(name, text, "one of " + known);
}

using RunOption = Option<RunDraft>;
// clang-format off
constexpr RunOption kRunOptions[] = {
    {"--data", Takes::One, "DIR", "data directory (default: under XDG_DATA_HOME, or ~/.local/share/streamgauge)",
     [](RunDraft& d, const std::string& v) -> Status { d.arguments.pipeline.dataDirectory = v; return {}; }},
    {"--generate", Takes::Nothing, "", "make a log and read it",
     [](RunDraft& d, const std::string&) -> Status { d.arguments.pipeline.generate = true; return {}; }},
    {"--follow", Takes::Several, "GLOB...", "follow these logs, through rotation; globs find new files too",
     [](RunDraft& d, const std::string& v) -> Status { d.arguments.pipeline.follow.push_back(v); return {}; }},
    {"--import", Takes::Several, "PATH...", "read these finished files or folders once, .gz too",
     [](RunDraft& d, const std::string& v) -> Status { d.arguments.pipeline.import.push_back(v); return {}; }},
    {"--format", Takes::One, "NAME|auto", "format of the lines (default auto), one of the profile's, apache:LOGFORMAT or nginx:LOG_FORMAT; with --generate also of the lines made",
     [](RunDraft& d, const std::string& v) -> Status {
         d.arguments.pipeline.format = v; // looked at when the profile has been read
         d.formatGiven = v != "auto";
         return {};
     }},
    {"--interval", Takes::One, "TIME", "from one micro-batch to the next, 100ms to 5m (default 1s)",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(const Milliseconds time, readDuration("--interval", v, Milliseconds(100), Milliseconds(300'000), "from 100ms to 5m"));
         d.changes.push_back([time](Tuning& t) { t.batch.interval = time; });
         return {};
     }},
    {"--low-latency", Takes::Nothing, "", "searchable within a second: --interval 200ms, and a new index refreshes each 200ms",
     [](RunDraft& d, const std::string&) -> Status {
         d.changes.insert(d.changes.begin(), [](Tuning& t) { // options by name win, wherever they stand
             t.batch.interval = Milliseconds(200);
             t.output.refresh = Milliseconds(200);
         });
         return {};
     }},
    {"--elasticsearch", Takes::One, "URL", "deliver to this Elasticsearch or OpenSearch; secrets stand in the environment",
     [](RunDraft& d, const std::string& v) -> Status {
         std::string complaint = v.empty() ? "must be an address, such as http://localhost:9200" : checkServerUrl(v);
         if (!complaint.empty()) return fail(ErrorCode::InvalidArgument, "the address after --elasticsearch " + complaint);
         d.changes.push_back([v](Tuning& t) { t.output.url = v; t.output.on = true; });
         return {};
     }},
    {"--index-prefix", Takes::One, "P", "of the indices, {source} may stand in it (default streamgauge)",
     [](RunDraft& d, const std::string& v) -> Status {
         if (const std::string complaint = checkIndexPrefix(v); !complaint.empty())
             return fail(ErrorCode::InvalidArgument, "--index-prefix is \"" + v + "\", but " + complaint);
         d.changes.push_back([v](Tuning& t) { t.output.indexPrefix = v; });
         return {};
     }},
    {"--drain-timeout", Takes::One, "TIME", "how long delivery may take at the end, 0s to 1h (default 60s)",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(const Milliseconds time, readDuration("--drain-timeout", v, Milliseconds(0), std::chrono::hours(1), "from 0s to 1h"));
         d.changes.push_back([time](Tuning& t) { t.output.drainTimeout = time; });
         return {};
     }},
    {"--for", Takes::One, "TIME", "stop after this time, cleanly",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(d.arguments.forDuration, readDuration("--for", v, Milliseconds(1), std::chrono::hours(24 * 365), "from 1ms to 365d"));
         return {};
     }},
    {"--available-now", Takes::Nothing, "", "take what is there, deliver it, end",
     [](RunDraft& d, const std::string&) -> Status { d.arguments.pipeline.availableNow = true; return {}; }},
    {"--profile", Takes::One, "FILE", "settings as TOML; options given here win",
     [](RunDraft& d, const std::string& v) -> Status { d.profile = v; return {}; }},
    {"--scenario", Takes::One, "NAME|FILE", "play a prepared demonstration: a profile with timed steps; generates unless a source is given",
     [](RunDraft& d, const std::string& v) -> Status { d.scenario = v; return {}; }},
    {"--rate", Takes::One, "N|max", "lines/s to generate, 1 to 1000000 (default 1000)",
     [](RunDraft& d, const std::string& v) -> Status {
         double rate = 0;
         if (v != "max") {
             const auto value = readReal(v);
             if (!value || *value < 1 || *value > 1e6) return wrong("--rate", v, "a number of lines/s from 1 to 1000000, or max");
             rate = *value;
         }
         d.changes.push_back([rate](Tuning& t) { t.traffic.rate = rate; });
         return {};
     }},
    {"--count", Takes::One, "N", "lines to generate, then end",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(d.arguments.pipeline.count, readWhole("--count", v, 1, kMaxTomlInteger));
         return {};
     }},
    {"--seed", Takes::One, "N", "same seed, same lines (default 1)",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(const std::uint64_t seed, readWhole("--seed", v, 0, kMaxTomlInteger));
         d.changes.push_back([seed](Tuning& t) { t.traffic.seed = seed; });
         return {};
     }},
    {"--model", Takes::One, "NAME", "visitors (default) or uniform",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(const std::size_t index, readChoice("--model", v, kGeneratorModels));
         d.changes.push_back([index](Tuning& t) { t.traffic.model = static_cast<GeneratorModel>(index); });
         return {};
     }},
    {"--shape", Takes::One, "NAME", "of the load: steady, ramp, steps, spike, double_wave, day_cycle, stages",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(const std::size_t index, readChoice("--shape", v, kLoadShapes));
         d.changes.push_back([index](Tuning& t) { t.traffic.shape = static_cast<LoadShape>(index); });
         return {};
     }},
    {"--log", Takes::One, "FILE", "where the generator writes (default: inside the data directory)",
     [](RunDraft& d, const std::string& v) -> Status { d.arguments.pipeline.logPath = v; return {}; }},
    {"--log-format", Takes::One, "NAME", "of the lines made, when it differs from --format",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(const std::size_t index, readChoice("--log-format", v, kLogFormats));
         d.logFormatGiven = true;
         d.changes.push_back([index](Tuning& t) { t.log.format = static_cast<LogFormat>(index); });
         return {};
     }},
    {"--pace", Takes::One, "max|real|10x", "of imports (default max)",
     [](RunDraft& d, const std::string& v) -> Status {
         double pace = 0;
         if (v == "real") pace = 1;
         else if (v != "max") {
             const auto times = v.ends_with('x') ? readReal(v.substr(0, v.size() - 1)) : std::nullopt;
             if (!times || *times <= 0 || *times > 1e6) return wrong("--pace", v, "max, real, or a factor such as 10x");
             pace = *times;
         }
         d.changes.push_back([pace](Tuning& t) { t.split.pace = pace; });
         return {};
     }},
    {"--threads", Takes::One, "N", "of a batch, 0 = all cores (default)",
     [](RunDraft& d, const std::string& v) -> Status {
         SG_TRY_ASSIGN(const std::uint64_t n, readWhole("--threads", v, 0, 64));
         d.changes.push_back([n](Tuning& t) { t.batch.threads = static_cast<std::uint32_t>(n); });
         return {};
     }},
    {"--archive", Takes::Nothing, "", "keep processed chunks, by day, instead of deleting them",
     [](RunDraft& d, const std::string&) -> Status {
         d.changes.push_back([](Tuning& t) { t.batch.release = ReleaseAction::Archive; });
         return {};
     }},
    {"--anonymize", Takes::One, "PARTS", "ip=24/48,query=drop,user=hash: what of lines is neither counted nor stored nor sent; query=keep:KEY:KEY, none",
     [](RunDraft& d, const std::string& v) -> Status {
         const auto privacy = readPrivacy(v);
         if (!privacy) return fail(ErrorCode::InvalidArgument, "--anonymize: " + privacy.error().message);
         d.changes.push_back([given = *privacy](Tuning& t) {
             const bool keepChunks = t.privacy.keepChunks;
             t.privacy = given;
             t.privacy.keepChunks = keepChunks;
         });
         return {};
     }},
    {"--mmdb", Takes::Several, "FILE...", "databases of countries, cities and networks (MMDB); read again when they change",
     [](RunDraft& d, const std::string& v) -> Status {
         if (v.find(':') != std::string::npos) return wrong("--mmdb", v, "a path without a colon");
         std::string& databases = d.databases;
         databases += (databases.empty() ? "" : ":") + v;
         if (const std::string complaint = checkDatabases(databases); !complaint.empty())
             return fail(ErrorCode::InvalidArgument, "--mmdb " + complaint);
         return {};
     }},
    {"--uap", Takes::One, "FILE", "rules for user agents (default: those of Debian's uap-core)",
     [](RunDraft& d, const std::string& v) -> Status { d.arguments.pipeline.agentRules = v; return {}; }},
    {"--plain", Takes::Nothing, "", "lines instead of the live view",
     [](RunDraft& d, const std::string&) -> Status { d.arguments.plain = true; return {}; }},
    {"--metrics", Takes::One, "HOST:PORT", "answer Prometheus there, such as 127.0.0.1:9464 (default: not at all); port 0 = a free one",
     [](RunDraft& d, const std::string& v) -> Status {
         if (const std::string complaint = checkListenAddress(v); !complaint.empty())
             return fail(ErrorCode::InvalidArgument, "--metrics is \"" + v + "\", but " + complaint);
         d.changes.push_back([v](Tuning& t) { t.metrics.address = v; t.metrics.on = true; });
         return {};
     }},
    {"--no-color", Takes::Nothing, "", "no colours; NO_COLOR in the environment does the same",
     [](RunDraft& d, const std::string&) -> Status { d.arguments.colour = false; return {}; }},
};

/// Options that mean the same as those of `run`.
struct RetryDraft {
    RunDraft run;
    RetryRequest request;
    bool keepHere = false;
};

Status readAsRun(RetryDraft& draft, std::string_view name, const std::string& value) {
    const auto* option = std::find_if(std::begin(kRunOptions), std::end(kRunOptions), [&](const RunOption& each) { return each.name == name; });
    return option->read(draft.run, value);
}

constexpr Option<RetryDraft> kRetryOptions[] = {
    {"--data", Takes::One, "DIR", "data directory at rest (default: as of run)",
     [](RetryDraft& r, const std::string& v) -> Status { return readAsRun(r, "--data", v); }},
    {"--reason", Takes::One, "NAME", "only the dead letters of this reason (default: all that are kept)",
     [](RetryDraft& r, const std::string& v) -> Status {
         std::vector<std::string_view> names;
         for (std::size_t reason = 1; reason < kReasonCount; ++reason) names.push_back(reasonText(static_cast<Reason>(reason)).id);
         SG_TRY_ASSIGN(const std::size_t index, readChoice("--reason", v, names));
         r.request.reason = static_cast<Reason>(index + 1);
         return {};
     }},
    {"--format", Takes::One, "NAME", "read them as this (default: as their log is read now)",
     [](RetryDraft& r, const std::string& v) -> Status {
         SG_TRY(readAsRun(r, "--format", v));
         r.request.format = v == "auto" ? std::string() : v;
         r.run.arguments.pipeline.format = "auto"; // of everything else that may still wait
         return {};
     }},
    {"--elasticsearch", Takes::One, "URL", "deliver to this Elasticsearch or OpenSearch; secrets stand in the environment",
     [](RetryDraft& r, const std::string& v) -> Status { return readAsRun(r, "--elasticsearch", v); }},
    {"--index-prefix", Takes::One, "P", "of the indices (default streamgauge)",
     [](RetryDraft& r, const std::string& v) -> Status { return readAsRun(r, "--index-prefix", v); }},
    {"--drain-timeout", Takes::One, "TIME", "how long delivery may take at the end, 0s to 1h (default 60s)",
     [](RetryDraft& r, const std::string& v) -> Status { return readAsRun(r, "--drain-timeout", v); }},
    {"--profile", Takes::One, "FILE", "settings as TOML; options given here win",
     [](RetryDraft& r, const std::string& v) -> Status { return readAsRun(r, "--profile", v); }},
    {"--keep-here", Takes::Nothing, "", "for the charts alone, although batches were delivered",
     [](RetryDraft& r, const std::string&) -> Status { r.keepHere = true; return {}; }},
};

constexpr Option<ReportArguments> kReportOptions[] = {
    {"--data", Takes::One, "DIR", "data directory (default: as of run)",
     [](ReportArguments& r, const std::string& v) -> Status { r.data = v; return {}; }},
    {"--json", Takes::Nothing, "", "one JSON object, for programs",
     [](ReportArguments& r, const std::string&) -> Status { r.json = true; return {}; }},
};

constexpr Option<KibanaArguments> kKibanaOptions[] = {
    {"--kibana", Takes::One, "URL", "address, with its base path (default: STREAMGAUGE_KIBANA_URL, else http://localhost:5601)",
     [](KibanaArguments& k, const std::string& v) -> Status { k.place.url = v; return {}; }},
    {"--space", Takes::One, "NAME", "a Kibana space's identifier (default: the default space)",
     [](KibanaArguments& k, const std::string& v) -> Status { k.place.space = v; return {}; }},
    {"--index-prefix", Takes::One, "P", "of the indices that are shown (default streamgauge)",
     [](KibanaArguments& k, const std::string& v) -> Status { k.place.prefix = v; return {}; }},
    {"--last", Takes::One, "TIME", "time range that open shows, 1s to 365d (default 15m)",
     [](KibanaArguments& k, const std::string& v) -> Status {
         SG_TRY_ASSIGN(k.last, readDuration("--last", v, Milliseconds(1000), std::chrono::hours(24 * 365), "from 1s to 365d"));
         return {};
     }},
    {"--print", Takes::Nothing, "", "open only says the address, and starts no browser",
     [](KibanaArguments& k, const std::string&) -> Status { k.print = true; return {}; }},
};

struct ServerDraft {
    ServerArguments arguments;
    std::string profile;
    std::optional<Milliseconds> retention;
    bool endsRetention = false;
    std::string prefix;
};
constexpr Option<ServerDraft> kServerOptions[] = {
    {"--elasticsearch", Takes::One, "URL", "address of Elasticsearch or OpenSearch (default: STREAMGAUGE_ES_URL, else http://localhost:9200)",
     [](ServerDraft& d, const std::string& v) -> Status { d.arguments.places.elasticsearch = v; return {}; }},
    {"--kibana", Takes::One, "URL", "doctor: address of Kibana (default: STREAMGAUGE_KIBANA_URL; none = it is not looked at)",
     [](ServerDraft& d, const std::string& v) -> Status { d.arguments.places.kibana = v; return {}; }},
    {"--space", Takes::One, "NAME", "doctor: a Kibana space's identifier",
     [](ServerDraft& d, const std::string& v) -> Status { d.arguments.places.space = v; return {}; }},
    {"--index-prefix", Takes::One, "P", "of the indices (default streamgauge)",
     [](ServerDraft& d, const std::string& v) -> Status { d.prefix = v; return {}; }},
    {"--profile", Takes::One, "FILE", "take address, prefix, refresh, shards, replicas and retention from this profile; options win",
     [](ServerDraft& d, const std::string& v) -> Status { d.profile = v; return {}; }},
    {"--retention", Takes::One, "TIME", "doctor, install: indices older than this are deleted, from 1d, such as 30d; never ends it",
     [](ServerDraft& d, const std::string& v) -> Status {
         d.endsRetention = v == "never";
         if (d.endsRetention) return {};
         SG_TRY_ASSIGN(d.retention, readDuration("--retention", v, std::chrono::hours(24), std::chrono::hours(240'000),
                                                 "from 1d to 10000d, or never"));
         return {};
     }},
    {"--repository", Takes::One, "NAME", "install, snapshot: of snapshots (default streamgauge)",
     [](ServerDraft& d, const std::string& v) -> Status {
         if (std::string complaint = checkIndexPrefix(v); !complaint.empty()) return fail(ErrorCode::InvalidArgument, "--repository is \"" + v + "\", but " + complaint);
         d.arguments.repository = v;
         return {};
     }},
    {"--location", Takes::One, "PATH", "install, snapshot: register the repository there; a folder below the server's path.repo",
     [](ServerDraft& d, const std::string& v) -> Status { d.arguments.location = v; return {}; }},
    {"--json", Takes::Nothing, "", "one JSON object, for programs",
     [](ServerDraft& d, const std::string&) -> Status { d.arguments.json = true; return {}; }},
};
// clang-format on

/// Edits that turn one name into the other: insert, delete, replace.
std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j)
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)}));
    }
    return row[b.size()];
}

template <class Draft> Failure unknown(const std::string& name, std::span<const Option<Draft>> options) {
    if (name == "--help" || name == "-h") return fail(ErrorCode::InvalidArgument, "for help: streamgauge-cli help, and a command after it");
    const Option<Draft>* nearest = nullptr;
    std::size_t least = 4; // farther than this is another word, not a slip
    for (const auto& option : options)
        if (const std::size_t distance = editDistance(name, option.name); distance < least) {
            least = distance;
            nearest = &option;
        }
    if (nearest != nullptr)
        return fail(ErrorCode::InvalidArgument, "unknown option " + name + "; did you mean " + std::string(nearest->name) + "?");
    std::string known;
    for (const auto& option : options) known += (known.empty() ? "" : ", ") + std::string(option.name);
    return fail(ErrorCode::InvalidArgument, "unknown option " + name + "; known are " + known);
}

template <class Draft> Status readOptions(const std::vector<std::string>& arguments, std::span<const Option<Draft>> options, Draft& draft) {
    for (std::size_t i = 0; i < arguments.size();) {
        const std::string& given = arguments[i++];
        const std::size_t equals = given.starts_with("--") ? given.find('=') : std::string::npos;
        const std::string name = given.substr(0, equals);
        if (!name.starts_with('-'))
            return fail(ErrorCode::InvalidArgument, "\"" + name + "\" belongs to no option; paths stand after --follow or --import");
        const auto option = std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.name == name; });
        if (option == options.end()) return unknown(name, options);
        if (option->takes == Takes::Nothing) {
            if (equals != std::string::npos) return fail(ErrorCode::InvalidArgument, name + " takes no value");
            SG_TRY(option->read(draft, {}));
            continue;
        }
        std::size_t taken = 0;
        const auto take = [&](const std::string& value) -> Status {
            ++taken;
            if (value.empty()) return fail(ErrorCode::InvalidArgument, name + " is empty, but must be " + std::string(option->value));
            return option->read(draft, value);
        };
        if (equals != std::string::npos) SG_TRY(take(given.substr(equals + 1)));
        const bool several = option->takes == Takes::Several;
        while (i < arguments.size() && (several || taken == 0) && !arguments[i].starts_with("--")) SG_TRY(take(arguments[i++]));
        if (taken == 0) return fail(ErrorCode::InvalidArgument, name + " needs a value: " + name + ' ' + std::string(option->value));
    }
    return {};
}

/// `--format` may name a format of the profile's: what it stands for.
Result<std::string> readFormat(const std::string& format, const std::vector<NamedFormat>& own) {
    if (format == "auto") return format;
    if (const auto is = resolveFormat(format, own)) return *is;
    if (const auto found = findFormat(format); format.find(':') != std::string::npos && !found)
        return fail(ErrorCode::InvalidArgument, "--format: " + found.error().message);
    std::vector<std::string_view> names{"auto"};
    for (const NamedFormat& each : own) names.push_back(each.name);
    names.insert(names.end(), formatNames().begin(), formatNames().end());
    SG_TRY(readChoice("--format", format, names));
    return format;
}

/// Defaults, then the profile, then the scenario, then the options.
Status settle(RunDraft& draft) {
    RunArguments& run = draft.arguments;
    if (run.pipeline.dataDirectory.empty()) run.pipeline.dataDirectory = defaultDataDirectory();
    if (!draft.profile.empty()) {
        SG_TRY_ASSIGN(run.tuning, readProfile(draft.profile, run.tuning));
    }
    if (!draft.scenario.empty()) {
        SG_TRY_ASSIGN(run.scenario, findScenario(draft.scenario, run.tuning));
        run.tuning = run.scenario->start;
    }
    for (const auto& change : draft.changes) change(run.tuning);
    if (!draft.databases.empty()) run.tuning.places.databases = draft.databases;
    if (archivesWhatIsRemoved(run.tuning))
        return fail(ErrorCode::InvalidArgument, "archived chunks keep the lines as they were, which the privacy options are to prevent: leave "
                                                "out --archive (batch.release), or say privacy.keep_chunks = true in a profile");
    if (run.scenario) run.scenario->start = run.tuning;
    return {};
}

/// Lines that are made must be lines that can be read: `--format` holds for both unless `--log-format` was given.
Status matchLogFormat(RunDraft& draft) {
    RunArguments& run = draft.arguments;
    if (!run.pipeline.generate || !draft.formatGiven || draft.logFormatGiven) return {};
    if (run.pipeline.format == "original") run.tuning.log.format = LogFormat::Original;
    else if (run.pipeline.format == "common") run.tuning.log.format = LogFormat::Common;
    else if (run.pipeline.format == "json") run.tuning.log.format = LogFormat::Json;
    else if (run.pipeline.format == "nginx_combined") run.tuning.log.format = LogFormat::Nginx;
    else if (run.pipeline.format == "combined") {
        if (run.tuning.log.format != LogFormat::CombinedTimed) run.tuning.log.format = LogFormat::Combined;
    } else {
        return fail(ErrorCode::InvalidArgument,
                    "--format is \"" + run.pipeline.format +
                        "\", which --generate cannot write; it writes original, common, combined, nginx_combined and json");
    }
    return {};
}

template <class Draft> void appendOptions(std::string& out, std::span<const Option<Draft>> options) {
    for (const auto& option : options) {
        std::string left = "  " + std::string(option.name) + (option.value.empty() ? "" : " ") + std::string(option.value);
        left.resize(std::max<std::size_t>(left.size() + 1, 26), ' ');
        out += left + std::string(option.help) + '\n';
    }
}

} // namespace

Result<RetryArguments> parseRetryArguments(const std::vector<std::string>& arguments) {
    RetryDraft draft;
    SG_TRY(readOptions<RetryDraft>(arguments, kRetryOptions, draft));
    SG_TRY(settle(draft.run));
    RetryArguments retry{std::move(draft.run.arguments), std::move(draft.request), draft.keepHere};
    if (!retry.request.format.empty()) {
        SG_TRY_ASSIGN(retry.request.format, readFormat(retry.request.format, retry.run.tuning.formats));
    }
    retry.run.pipeline.availableNow = true;
    if (retry.keepHere) retry.run.tuning.output.on = false;
    return retry;
}

Result<RunArguments> parseRunArguments(const std::vector<std::string>& arguments) {
    RunDraft draft;
    SG_TRY(readOptions<RunDraft>(arguments, kRunOptions, draft));
    if (draft.scenario.empty() && !draft.profile.empty() && isScenarioFile(draft.profile))
        draft.scenario = std::exchange(draft.profile, {});
    if (PipelineOptions& sources = draft.arguments.pipeline; !draft.scenario.empty() && sources.follow.empty() && sources.import.empty())
        sources.generate = true;
    SG_TRY(settle(draft));
    RunArguments& run = draft.arguments;
    SG_TRY(readFormat(run.pipeline.format, run.tuning.formats)); // the pipeline looks at what it stands for when it opens
    SG_TRY(matchLogFormat(draft));
    if (!run.pipeline.generate && run.pipeline.follow.empty() && run.pipeline.import.empty() && !run.pipeline.availableNow)
        return fail(ErrorCode::InvalidArgument, "what to read is missing: give --generate, --follow GLOB... or --import PATH... (or "
                                                "--available-now, to finish what is on disk)");
    if (!run.pipeline.generate && run.pipeline.count)
        return fail(ErrorCode::InvalidArgument, "--count is for --generate, which is not given");
    if (const char* none = std::getenv("NO_COLOR"); none != nullptr && *none != '\0') run.colour = false;
    return run;
}

Result<ReportArguments> parseReportArguments(const std::vector<std::string>& arguments) {
    ReportArguments report;
    SG_TRY(readOptions<ReportArguments>(arguments, kReportOptions, report));
    if (report.data.empty()) report.data = defaultDataDirectory();
    return report;
}

Result<KibanaArguments> parseKibanaArguments(const std::vector<std::string>& arguments, const std::string& defaultUrl) {
    KibanaArguments kibana;
    const std::string errand = arguments.empty() ? std::string() : arguments.front();
    if (errand == "import") kibana.errand = KibanaArguments::Errand::Import;
    else if (errand == "open") kibana.errand = KibanaArguments::Errand::Open;
    else if (errand == "check") kibana.errand = KibanaArguments::Errand::Check;
    else return fail(ErrorCode::InvalidArgument, "the first word is \"" + errand + "\", but must be import, open or check");
    SG_TRY(readOptions<KibanaArguments>({arguments.begin() + 1, arguments.end()}, kKibanaOptions, kibana));
    if (kibana.place.url.empty()) kibana.place.url = defaultUrl.empty() ? "http://localhost:5601" : defaultUrl;
    if (std::string complaint = checkKibanaPlace(kibana.place); !complaint.empty()) return fail(ErrorCode::InvalidArgument, complaint);
    return kibana;
}

Result<ServerArguments> parseServerArguments(std::string_view command, const std::vector<std::string>& arguments,
                                             const std::function<std::string(const char*)>& environment) {
    ServerDraft draft;
    SG_TRY(readOptions<ServerDraft>(arguments, kServerOptions, draft));
    Tuning tuning;
    if (!draft.profile.empty()) {
        SG_TRY_ASSIGN(tuning, readProfile(draft.profile, tuning));
    }
    DoctorPlaces& places = draft.arguments.places;
    const bool onlyKibana = command == "doctor" && places.elasticsearch.empty() && tuning.output.url.empty() && !places.kibana.empty();
    if (places.elasticsearch.empty()) places.elasticsearch = tuning.output.url;
    if (places.elasticsearch.empty()) places.elasticsearch = environment("STREAMGAUGE_ES_URL");
    if (places.elasticsearch.empty() && !onlyKibana) places.elasticsearch = "http://localhost:9200";
    if (command != "doctor") places.kibana.clear();
    else if (places.kibana.empty()) places.kibana = environment("STREAMGAUGE_KIBANA_URL");
    places.kibanaExpected = !places.kibana.empty();
    SetUpOptions& setUp = places.setUp;
    setUp.prefix = draft.prefix.empty() ? tuning.output.indexPrefix : draft.prefix;
    setUp.settings = {tuning.output.refresh, tuning.output.shards, tuning.output.replicas, {}};
    setUp.retention = draft.endsRetention ? Milliseconds(0) : draft.retention.value_or(tuning.output.retention);
    setUp.isInstall = command == "install" && (draft.retention || draft.endsRetention);
    setUp.endsRetention = command == "install" && draft.endsRetention;
    if (command == "install") {
        setUp.snapshotRepository = draft.arguments.repository;
        setUp.snapshotLocation = draft.arguments.location;
    }
    if (std::string complaint = checkDoctorPlaces(places); !complaint.empty()) return fail(ErrorCode::InvalidArgument, complaint);
    return draft.arguments;
}

std::string dataDirectoryUnder(std::string_view xdgDataHome, std::string_view home) {
    if (xdgDataHome.starts_with('/')) return std::string(xdgDataHome) + "/streamgauge";
    return std::string(home) + "/.local/share/streamgauge";
}

std::string defaultDataDirectory() {
    const auto environment = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    std::string home = environment("HOME");
    if (home.empty())
        if (const passwd* user = ::getpwuid(::getuid()); user != nullptr) home = user->pw_dir;
    return dataDirectoryUnder(environment("XDG_DATA_HOME"), home);
}

std::string helpText(const std::string& command) {
    std::string out;
    if (command == "run" || command == "split") {
        out = command == "run"
                  ? "streamgauge-cli run (--generate | --follow GLOB... | --import PATH...) [OPTION]...\n"
                    "Reads logs in micro-batches, shows what is happening, delivers to Elasticsearch. Ctrl-C finishes the batch.\n\n"
                  : "streamgauge-cli split (--follow GLOB... | --import PATH...) [OPTION]...\n"
                    "Only cuts logs into chunks in the data directory. Takes the options of run.\n\n";
        appendOptions<RunDraft>(out, kRunOptions);
        out += "\nEnvironment: STREAMGAUGE_ES_USER, STREAMGAUGE_ES_PASSWORD, STREAMGAUGE_ES_API_KEY, STREAMGAUGE_ES_TOKEN,\n"
               "STREAMGAUGE_ES_CA (a file, or the SHA-256 fingerprint of the authority's certificate)\n"
               "Exit code: 0 done; 1 something cannot be read or a worker failed; 2 wrong argument;\n"
               "3 documents or dead letters still wait on disk\n";
        return out;
    }
    if (command == "parse")
        return "streamgauge-cli parse --format NAME|auto [--profile FILE] [--dlq FILE] [--original] [--uap FILE] [--mmdb FILE]...\n"
               "      [--anonymize PARTS] [FILE|-]...\n"
               "Log lines in, documents out, one a line. What cannot be read goes to the --dlq FILE, with its reason. The --profile FILE\n"
               "has formats of one's own ([[format]]).\n"
               "--anonymize ip=24/48,query=drop,user=hash (query=keep:KEY:KEY) leaves raw lines out too; user names are hashed with a key drawn\n"
               "for this run, or 32 hexadecimal digits in STREAMGAUGE_PRIVACY_KEY. --mmdb: places and networks of addresses.\n";
    if (command == "bench") return "streamgauge-cli bench [--format NAME] [--lines N] [--rounds N] [--mmdb FILE] [--anonymize PARTS] [FILE]\nHow fast the engine is here.\n";
    if (command == "report") {
        out = "streamgauge-cli report [OPTION]...\nWhat a data directory holds: the books, status codes, top URLs.\n\n";
        appendOptions<ReportArguments>(out, kReportOptions);
        return out;
    }
    if (command == "retry") {
        out = "streamgauge-cli retry [OPTION]...\n"
              "Reads the dead letters of a data directory again, and documents that Elasticsearch refused, after a change of format or mapping.\n"
              "Lines that can be read now are processed and delivered like any others; the rest are dead letters again. In the window the\n"
              "same is done while it runs. Lines longer than 64 KiB, and those that were counted but not kept, cannot be read again.\n\n";
        appendOptions<RetryDraft>(out, kRetryOptions);
        out += "\nReasons: ";
        for (std::size_t reason = 1; reason < kReasonCount; ++reason)
            out.append(reason == 1 ? "" : ", ").append(reasonText(static_cast<Reason>(reason)).id);
        out += "\nExit code: 0 done; 1 something failed; 2 wrong argument;\n"
               "3 documents or dead letters still wait on disk\n";
        return out;
    }
    if (command == "kibana") {
        out = "streamgauge-cli kibana import|open|check [OPTION]...\n"
              "import puts the dashboards into Kibana or OpenSearch Dashboards, in the place of older ones; check says whether they are "
              "there;\n"
              "open opens the Overview in the browser.\n\n";
        appendOptions<KibanaArguments>(out, kKibanaOptions);
        out += "\nEnvironment: STREAMGAUGE_KIBANA_URL; credentials as for Elasticsearch: STREAMGAUGE_ES_USER, STREAMGAUGE_ES_PASSWORD,\n"
               "STREAMGAUGE_ES_API_KEY, STREAMGAUGE_ES_CA (a file)\n"
               "Exit code: 0 done; 1 Kibana is not there, or refuses; 2 wrong argument; 3 the dashboards are not there, or older\n";
        return out;
    }
    if (command == "doctor" || command == "install" || command == "uninstall" || command == "snapshot") {
        out = "streamgauge-cli " + command + " [OPTION]...\n";
        if (command == "doctor")
            out += "Looks at Elasticsearch and Kibana: name, port, TLS, product, login, privileges, clock, disk, write blocks, templates, retention,\n"
                   "dashboards. Writes nothing. Each line: what was found, what it means, what to do.\n\n";
        else if (command == "install")
            out += "Puts the index templates on the server, or renews them; with --retention the policy that deletes old indices (ILM or ISM, where\n"
                   "the server has one), with --location a snapshot repository and a daily policy (SLM or SM, where it has one). What is\n"
                   "not Streamgauge's is never overwritten. `run` does the first by itself, unless the profile says\n"
                   "output.templates = false.\n\n";
        else if (command == "uninstall")
            out += "Takes templates and policies of Streamgauge away again, each known by its mark. Documents, dashboards and snapshots stay.\n\n";
        else
            out += "Takes a snapshot of the indices into a repository, now. With --location the repository is registered first.\n\n";
        appendOptions<ServerDraft>(out, kServerOptions);
        out += "\nEnvironment: STREAMGAUGE_ES_USER, STREAMGAUGE_ES_PASSWORD, STREAMGAUGE_ES_API_KEY, STREAMGAUGE_ES_TOKEN, STREAMGAUGE_ES_CA\n"
               "(a file, or the SHA-256 fingerprint of the authority's certificate)\n"
               "Exit code: 0 all is well, or done; 1 the server does not answer (doctor: 3); 2 wrong argument; 3 something is to be done\n";
        return out;
    }
    return "streamgauge-cli COMMAND [OPTION]...\n\n"
           "  run        make or follow logs, process them, deliver them\n"
           "  report     what a data directory holds\n"
           "  retry      read dead letters again: retry --data DIR [--reason NAME] [--format NAME]\n"
           "  generate   only make a log: generate --format NAME --rate max|N --count N --seed N --out FILE\n"
           "  split      only cut logs into chunks\n"
           "  parse      log lines in, documents out: parse --format NAME|auto [--dlq FILE] [--original] [FILE|-]...\n"
           "  bench      how fast the engine is here: bench [--format NAME] [--lines N] [--rounds N] [FILE]\n"
           "  kibana     the dashboards: kibana import|open|check [--kibana URL]\n"
           "  doctor     is all well with Elasticsearch and Kibana, and if not, what to do: doctor [--elasticsearch URL] [--kibana URL]\n"
           "  install    templates and policies onto the server; uninstall takes them away, snapshot keeps a copy of the indices\n"
           "  help       this, or what a command takes (COMMAND --help says the same)\n"
           "  --version  the version\n\n"
           "Try: streamgauge-cli run --generate --rate 5000\n";
}

} // namespace sg
