#include "ui/controls/control_row.h"

#include <QCoreApplication>

#include <string_view>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::Controls", text); }

QString notFollowing(const Tuning&, const PipelineOptions& options) {
    return options.generate ? QString() : tr("No effect now: real logs are followed, nothing is generated.");
}
QString rateMatters(const Tuning& tuning, const PipelineOptions& options) {
    if (tuning.traffic.shape == LoadShape::Stages && !tuning.traffic.stages.empty()) return tr("No effect now: the stages give the rate.");
    return notFollowing(tuning, options);
}
QString shapeMatters(const Tuning& tuning, const PipelineOptions& options) {
    if (tuning.traffic.shape == LoadShape::Steady) return tr("No effect now: a steady load has no shape.");
    if (tuning.traffic.shape == LoadShape::Stages) return tr("No effect now: the stages give the shape.");
    if (tuning.traffic.rate == 0) return tr("No effect now: as fast as possible has no shape.");
    return notFollowing(tuning, options);
}
QString stagesMatter(const Tuning& tuning, const PipelineOptions& options) {
    if (tuning.traffic.shape != LoadShape::Stages) return tr("No effect now: choose the load shape \"Stages\" first.");
    return notFollowing(tuning, options);
}
QString visitorsMatter(const Tuning& tuning, const PipelineOptions& options) {
    if (tuning.traffic.model == GeneratorModel::Uniform) return tr("No effect now: uniform lines have no visitors.");
    return notFollowing(tuning, options);
}
QString serverMatters(const Tuning& tuning, const PipelineOptions&) {
    return tuning.output.url.empty() ? tr("No effect now: no Elasticsearch address is set.") : QString();
}
QString keysMatter(const Tuning& tuning, const PipelineOptions&) {
    return tuning.privacy.query == QueryPrivacy::KeepOnly ? QString() : tr("No effect now: choose \"Keep only\" for queries first.");
}
QString outputMatters(const Tuning& tuning, const PipelineOptions& options) {
    return tuning.output.on ? serverMatters(tuning, options) : tr("No effect now: the output is off.");
}

QString templatesMatter(const Tuning& tuning, const PipelineOptions& options) {
    return tuning.output.templates ? outputMatters(tuning, options) : tr("No effect now: the profile has index templates switched off.");
}

#define SG_TEXT(text) QT_TRANSLATE_NOOP("sg::Controls", text)
constexpr const char* kShapes[] = {SG_TEXT("Steady"),      SG_TEXT("Ramp"),      SG_TEXT("Steps"), SG_TEXT("Spike"),
                                   SG_TEXT("Double wave"), SG_TEXT("Day cycle"), SG_TEXT("Stages")};
constexpr const char* kModels[] = {SG_TEXT("Visitors"), SG_TEXT("Uniform lines")};
constexpr const char* kFormats[] = {SG_TEXT("Original"),        SG_TEXT("Common"), SG_TEXT("Combined"),
                                    SG_TEXT("Combined, timed"), SG_TEXT("nginx"),  SG_TEXT("JSON")};
constexpr const char* kRotations[] = {SG_TEXT("Rename"), SG_TEXT("Copy, truncate")};
constexpr const char* kFull[] = {SG_TEXT("Wait"), SG_TEXT("Drop the oldest")};
constexpr const char* kReleases[] = {SG_TEXT("Delete"), SG_TEXT("Archive by day")};
constexpr const char* kQueries[] = {SG_TEXT("Keep"), SG_TEXT("Drop"), SG_TEXT("Keep only")};
constexpr const char* kUsers[] = {SG_TEXT("Keep"), SG_TEXT("Hash")};
constexpr const char* kParameters[] = {SG_TEXT("page,q")};
constexpr const char* kDatabases[] = {SG_TEXT("none")};
constexpr const char* kAnyAddress[] = {SG_TEXT("any public")};
constexpr const char* kServer[] = {SG_TEXT("none: off")};
constexpr const char* kPrefix[] = {SG_TEXT("streamgauge")};
constexpr const char* kMethods[] = {SG_TEXT("Methods"), SG_TEXT("Method"), "POST"};
constexpr const char* kAgents[] = {SG_TEXT("Agents"), SG_TEXT("User agent"), "Mozilla/5.0"};
constexpr const char* kSites[] = {SG_TEXT("Sites"), SG_TEXT("Host"), "shop.example"};

using enum ControlGroupId;
constexpr bool kFurther = true;

// clang-format off
constexpr ControlRow kRows[] = {
    {Traffic, "traffic", "on", SG_TEXT("Generate traffic"), SG_TEXT("Off idles the generator; what is written already is still processed."), Editor::Switch, Look::Count, Slide::None, 1, false, notFollowing},
    {Traffic, "traffic", "rate", SG_TEXT("Rate"), SG_TEXT("Lines a second; write 50k, 1.5M or max."), Editor::Number, Look::Rate, Slide::Log, 1, false, rateMatters},
    {Traffic, "traffic", "shape", SG_TEXT("Load shape"), SG_TEXT("How the rate moves over time."), Editor::Choice, Look::Count, Slide::None, 1, false, notFollowing, kShapes},
    {Traffic, "traffic", "amplitude", SG_TEXT("Amplitude"), SG_TEXT("How far the shape moves away from the rate."), Editor::Number, Look::Share, Slide::Linear, 0.01, false, shapeMatters},
    {Traffic, "traffic", "period", SG_TEXT("Period"), SG_TEXT("After this time the shape begins again."), Editor::Number, Look::Duration, Slide::Log, 1000, false, shapeMatters},
    {Traffic, "traffic", "stages", SG_TEXT("Stages"), SG_TEXT("One after the other; each goes straight to its rate within its time."), Editor::Stages, Look::Count, Slide::None, 1, true, stagesMatter},
    {Traffic, "traffic", "response_median_ms", SG_TEXT("Response time, median"), SG_TEXT("Half of the responses are faster; a busy server is slower."), Editor::Number, Look::Millis, Slide::Log, 0.1, false, notFollowing},
    {Traffic, "traffic", "response_spread", SG_TEXT("Response time, spread"), SG_TEXT("How far slow responses are from the median."), Editor::Number, Look::Decimal, Slide::Linear, 0.05, kFurther, notFollowing},
    {Traffic, "traffic", "malformed_share", SG_TEXT("Malformed lines"), SG_TEXT("Lines broken on purpose; they become dead letters."), Editor::Number, Look::Share, Slide::Log, 1e-5, kFurther, notFollowing},
    {Traffic, "traffic", "seed", SG_TEXT("Seed"), SG_TEXT("The same seed makes the same lines; it takes effect when the generator starts."), Editor::Number, Look::Count, Slide::None, 1, kFurther, notFollowing},

    {Statuses, "traffic", "statuses", SG_TEXT("Mix"), SG_TEXT("Shares of the status codes; the classes sum to 100 %. Reset returns to the model's own."), Editor::Mix, Look::Share, Slide::None, 1, false, notFollowing},

    {UrlsAndVisitors, "traffic", "zipf", SG_TEXT("Popularity (Zipf s)"), SG_TEXT("0: all pages alike; higher: few pages get most requests."), Editor::Number, Look::Decimal, Slide::Linear, 0.05, false, visitorsMatter},
    {UrlsAndVisitors, "traffic", "pages", SG_TEXT("Product pages"), SG_TEXT("How many product pages the shop has."), Editor::Number, Look::Count, Slide::Log, 1, false, visitorsMatter},
    {UrlsAndVisitors, "traffic", "bot_share", SG_TEXT("Bots"), SG_TEXT("Share of the requests that no person makes."), Editor::Number, Look::Share, Slide::Linear, 0.01, false, visitorsMatter},
    {UrlsAndVisitors, "traffic", "address_ranges", SG_TEXT("Address ranges"), SG_TEXT("Where requests come from: 10.0.0.0/8, 2001:db8::/32 x3 (three times as often)."), Editor::Ranges, Look::Count, Slide::None, 1, false, notFollowing, kAnyAddress},
    {UrlsAndVisitors, "traffic", "think_median", SG_TEXT("Think time"), SG_TEXT("Between two pages of a visitor, half are shorter."), Editor::Number, Look::Seconds, Slide::Log, 0.1, kFurther, visitorsMatter},
    {UrlsAndVisitors, "traffic", "model", SG_TEXT("Model"), SG_TEXT("Visitors walk through a shop; uniform draws each line by itself."), Editor::Choice, Look::Count, Slide::None, 1, kFurther, notFollowing, kModels},
    {UrlsAndVisitors, "traffic", "sites", SG_TEXT("Sites"), SG_TEXT("Host names and how often they are asked."), Editor::Weights, Look::Count, Slide::None, 1, kFurther, notFollowing, kSites},
    {UrlsAndVisitors, "traffic", "agents", SG_TEXT("Agents"), SG_TEXT("User agents of the visitors and how many have them."), Editor::Weights, Look::Count, Slide::None, 1, kFurther, notFollowing, kAgents},
    {UrlsAndVisitors, "traffic", "methods", SG_TEXT("Methods"), SG_TEXT("Request methods and their shares."), Editor::Weights, Look::Count, Slide::None, 1, kFurther, notFollowing, kMethods},

    {Log, "log", "format", SG_TEXT("Format"), SG_TEXT("Of the lines that are made; only timed ones carry a response time."), Editor::Choice, Look::Count, Slide::None, 1, false, notFollowing, kFormats},
    {Log, "log", "rotate_bytes", SG_TEXT("Rotate at"), SG_TEXT("The log file is rotated at this size."), Editor::Number, Look::Bytes, Slide::Log, 1, false, notFollowing},
    {Log, "log", "keep_rotated", SG_TEXT("Files kept"), SG_TEXT("Older ones are deleted once the splitter has finished them."), Editor::Number, Look::Count, Slide::Linear, 1, false, notFollowing},
    {Log, "log", "rotation", SG_TEXT("Rotation"), SG_TEXT("Rename starts a new file; copy and truncate empties the same one."), Editor::Choice, Look::Count, Slide::None, 1, kFurther, notFollowing, kRotations},
    {Log, "log", "gzip_rotated", SG_TEXT("Gzip old files"), SG_TEXT("With gzip."), Editor::Switch, Look::Count, Slide::None, 1, kFurther, notFollowing},

    {Splitter, "split", "lines_per_chunk", SG_TEXT("Lines per chunk"), SG_TEXT("A chunk closes at so many lines."), Editor::Number, Look::Count, Slide::Log},
    {Splitter, "split", "min_age", SG_TEXT("Least age of a chunk"), SG_TEXT("Younger chunks grow instead of closing: fewer files at high rates."), Editor::Number, Look::Duration, Slide::Log, 1, kFurther},
    {Splitter, "split", "max_bytes", SG_TEXT("Largest chunk"), SG_TEXT("A chunk closes at this size at the latest."), Editor::Number, Look::Bytes, Slide::Log, 1, kFurther},
    {Splitter, "split", "queue_bytes", SG_TEXT("Queue on disk"), SG_TEXT("Chunks that may wait, for example while Elasticsearch is away."), Editor::Number, Look::Bytes, Slide::Log, 1, kFurther},
    {Splitter, "split", "when_full", SG_TEXT("When full"), SG_TEXT("Wait holds the sources; drop abandons the oldest and counts it."), Editor::Choice, Look::Count, Slide::None, 1, kFurther, nullptr, kFull},

    {Batches, "batch", "interval", SG_TEXT("Batch interval"), SG_TEXT("From one micro-batch to the next."), Editor::Number, Look::Duration, Slide::Log},
    {Batches, "batch", "threads", SG_TEXT("Worker threads"), SG_TEXT("That share the lines of a batch; from the next batch on."), Editor::Number, Look::Threads, Slide::Linear},
    {Batches, "batch", "max_files", SG_TEXT("Chunks per batch"), SG_TEXT("A batch takes at most so many; the next begins at once."), Editor::Number, Look::Count, Slide::Log, 1, kFurther},
    {Batches, "batch", "max_bytes", SG_TEXT("Size of a batch"), SG_TEXT("A batch takes at most so much; the next begins at once."), Editor::Number, Look::Bytes, Slide::Log, 1, kFurther},
    {Batches, "batch", "lateness", SG_TEXT("Lateness"), SG_TEXT("How late a line may be and still count in its second."), Editor::Number, Look::Duration, Slide::Log, 1, kFurther},
    {Batches, "batch", "release", SG_TEXT("Processed chunks"), SG_TEXT("What becomes of them."), Editor::Choice, Look::Count, Slide::None, 1, kFurther, nullptr, kReleases},

    {Lines, "places", "databases", SG_TEXT("Databases"), SG_TEXT("MMDB files of countries, cities and networks, with colons between; read again when they change."), Editor::Text, Look::Count, Slide::None, 1, false, nullptr, kDatabases},
    {Lines, "privacy", "ipv4_bits", SG_TEXT("IPv4 bits kept"), SG_TEXT("Of visitors' addresses, from the next batch on; 24 takes the last number away, 32 takes nothing."), Editor::Number, Look::Count, Slide::Linear, 1},
    {Lines, "privacy", "ipv6_bits", SG_TEXT("IPv6 bits kept"), SG_TEXT("Of visitors' addresses; 48 leaves the provider's customer, 128 takes nothing."), Editor::Number, Look::Count, Slide::Linear, 1},
    {Lines, "privacy", "query", SG_TEXT("Queries"), SG_TEXT("What follows the question mark in URLs and referrers."), Editor::Choice, Look::Count, Slide::None, 1, false, nullptr, kQueries},
    {Lines, "privacy", "query_keys", SG_TEXT("Parameters kept"), SG_TEXT("Of queries, by name, with commas between."), Editor::Text, Look::Count, Slide::None, 1, false, keysMatter, kParameters},
    {Lines, "privacy", "user", SG_TEXT("User names"), SG_TEXT("Hash writes the same word for the same user, which nobody can turn back without this directory's key."), Editor::Choice, Look::Count, Slide::None, 1, false, nullptr, kUsers},
    {Lines, "privacy", "keep_chunks", SG_TEXT("Archive raw lines"), SG_TEXT("Archived chunks hold the lines as they were; without this, chunks are deleted while anything is taken out of lines."), Editor::Switch, Look::Count, Slide::None, 1, kFurther},

    {Output, "output", "on", SG_TEXT("Deliver documents"), SG_TEXT("Off: results stay here and nothing is kept for Elasticsearch."), Editor::Switch, Look::Count, Slide::None, 1, false, serverMatters},
    {Output, "output", "url", SG_TEXT("Elasticsearch"), SG_TEXT("Its address, such as http://localhost:9200. User and password have their own fields."), Editor::Text, Look::Count, Slide::None, 1, false, nullptr, kServer},
    {Output, "output", "index_prefix", SG_TEXT("Index prefix"), SG_TEXT("Names of all indices begin with it; holds for batches planned from now on."), Editor::Text, Look::Count, Slide::None, 1, kFurther, outputMatters, kPrefix},
    {Output, "output", "refresh", SG_TEXT("Refresh interval"), SG_TEXT("After this time a document can be searched; for indices made from now on."), Editor::Number, Look::Duration, Slide::Log, 1, kFurther, templatesMatter},
    {Output, "output", "shards", SG_TEXT("Shards"), SG_TEXT("Of an index; for those made from now on."), Editor::Number, Look::Count, Slide::Linear, 1, kFurther, templatesMatter},
    {Output, "output", "replicas", SG_TEXT("Replicas"), SG_TEXT("Copies of an index, as many as there are other nodes; for indices made from now on."), Editor::Number, Look::Count, Slide::Linear, 1, kFurther, templatesMatter},
    {Output, "output", "retention", SG_TEXT("Delete indices after"), SG_TEXT("Day indices older than this are deleted at Elasticsearch, by itself or, where it cannot, by this program; write 30d or never."), Editor::Number, Look::Age, Slide::None, 1, kFurther, outputMatters},
    {Output, "metrics", "on", SG_TEXT("Metrics for Prometheus"), SG_TEXT("Answers Prometheus while a run goes on, at 127.0.0.1:9464 or where the profile says."), Editor::Switch, Look::Count, Slide::None, 1, kFurther},
};
// clang-format on

struct GroupText {
    const char* key;
    const char* name;
};
constexpr std::array<GroupText, kControlGroups> kGroups{{{"traffic", SG_TEXT("Traffic")},
                                                         {"status", SG_TEXT("Status mix")},
                                                         {"urls", SG_TEXT("URLs and visitors")},
                                                         {"log", SG_TEXT("Log")},
                                                         {"splitter", SG_TEXT("Splitter")},
                                                         {"batches", SG_TEXT("Micro-batches")},
                                                         {"lines", SG_TEXT("Privacy and places")},
                                                         {"output", SG_TEXT("Output")},
                                                         {"display", SG_TEXT("Display")}}};
#undef SG_TEXT

} // namespace

std::span<const ControlRow> controlRows() { return kRows; }
QString groupName(ControlGroupId group) { return tr(kGroups[static_cast<std::size_t>(group)].name); }
const char* groupKey(ControlGroupId group) { return kGroups[static_cast<std::size_t>(group)].key; }

StageName stageOf(const ControlRow& row) {
    const std::string_view section = row.section;
    return section == "split"                                                   ? StageName::Splitter
           : section == "batch" || section == "privacy" || section == "places" ? StageName::Batch
           : section == "output" || section == "metrics"                       ? StageName::Output
                                                                                : StageName::Generator;
}

} // namespace sg
