#include "core/aggregate/aggregate.h"

#include "core/aggregate/bytes.h"
#include "core/aggregate/rows.h"
#include "core/base/hash.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace sg {
namespace {

constexpr std::string_view kMagic = "SGA";
constexpr std::size_t kMaxSeconds = 7'200;
constexpr std::size_t kMaxMinutes = 200'000;
constexpr std::size_t kStatuses = 1000;

/// The bytes that end a host or stand inside an authority.
constexpr std::array<bool, 256> kHostMarks = [] {
    std::array<bool, 256> marks{};
    for (const char c : std::string_view("/?#@[]:")) marks[static_cast<unsigned char>(c)] = true;
    return marks;
}();

/// "example.com" of "https://user@example.com:8080/path?x".
std::string_view hostOf(std::string_view url) {
    // One walk by hand: the library's searches for a set cost a call per character.
    std::size_t begin = 0;
    if (url.starts_with("https://")) begin = 8;
    else if (const auto scheme = url.find(':'); scheme != std::string_view::npos && url.substr(scheme, 3) == "://") begin = scheme + 3;
    std::size_t end = url.size(); // of the host, at its port's colon
    bool inBrackets = false;
    for (std::size_t i = begin; i < url.size(); ++i) {
        const char c = url[i];
        if (!kHostMarks[static_cast<unsigned char>(c)]) continue;
        if (c == '@') {
            begin = i + 1;
            end = url.size();
        } else if (c == '[' || c == ']') {
            inBrackets = c == '[';
        } else if (c != ':') {
            end = std::min(end, i);
            break;
        } else if (!inBrackets) {
            end = std::min(end, i);
        }
    }
    return url.substr(begin, end - begin);
}

/// 0 when the bytes begin with no version that is known.
std::uint8_t readVersion(ByteReader& in) {
    const std::uint8_t version = in.byte();
    return version <= kStoredVersion ? version : std::uint8_t{0};
}

template <class Row> std::string rowBytes(const Row& row) {
    ByteWriter out;
    out.byte(kStoredVersion);
    row.write(out);
    return out.take();
}

template <class Row> Result<Row> readRow(std::string_view bytes, const char* what) {
    ByteReader in(bytes);
    const std::uint8_t version = readVersion(in);
    if (version == 0) return fail(ErrorCode::Corrupt, std::string("a stored ") + what + " row begins with an unknown version");
    Row row;
    row.read(in, version);
    if (!in.finished()) return fail(ErrorCode::Corrupt, std::string("a stored ") + what + " row contradicts itself");
    return row;
}

template <class Row> Result<std::string> mergeRows(std::string_view a, std::string_view b, const char* what) {
    SG_TRY_ASSIGN(Row left, readRow<Row>(a, what));
    SG_TRY_ASSIGN(const Row right, readRow<Row>(b, what));
    left.merge(right);
    return rowBytes(left);
}

} // namespace

std::size_t statusClass(std::int32_t status) { return status >= 100 && status < 600 ? static_cast<std::size_t>(status / 100 - 1) : 5; }

namespace {

/// What the present minute adds to a dimension, by the numbers of the whole map's keys: a line is looked up and counted once, the whole
/// map is given the sums when the minute ends, and the minute's small map sees each key once, the most frequent first, instead of being
/// purged by every rare one.
struct MinuteTop {
    static constexpr std::size_t kRecent = 64;
    std::vector<TopMap::Counts> counts; // by key number
    std::vector<std::uint32_t> touched;
    std::array<std::uint32_t, kRecent> recent{}; // numbers of keys seen lately, by their shape; each is compared before it is believed

    /// Methods, hosts and agents are a few short words that come again and again: one comparison instead of a hash and a look-up.
    std::uint32_t& recentOf(std::string_view key) {
        const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(key[at])); };
        return recent[(key.size() + byte(0) * 5 + byte(key.size() - 1) * 3 + byte(key.size() / 2)) % kRecent];
    }
    void add(std::uint32_t number, const TopMap::Counts& more) {
        if (number >= counts.size()) counts.resize(std::max<std::size_t>(number + 1, counts.size() * 2));
        TopMap::Counts& c = counts[number];
        if (c.count == 0) touched.push_back(number);
        c.count += more.count;
        c.bytes += more.bytes;
        c.errors += more.errors;
    }
    void moveTo(TopMap& minute, TopMap& whole) {
        std::sort(touched.begin(), touched.end(), [&](std::uint32_t a, std::uint32_t b) {
            return counts[a].count != counts[b].count ? counts[a].count > counts[b].count : whole.key(a) < whole.key(b);
        });
        for (const std::uint32_t number : touched) {
            const std::string_view key = whole.key(number);
            minute.add(key, hashBytes(key), counts[number]);
            whole.addTo(number, counts[number]);
            counts[number] = {};
        }
        touched.clear();
    }
};

/// Statuses of the present minute on their way to its row, where each would be searched for.
struct StatusScratch {
    std::array<std::uint32_t, kStatuses + 1> counts{}; // by status; the last: none
    std::vector<std::uint16_t> touched;

    void add(std::int32_t status) {
        const std::size_t at = status >= 0 && status < static_cast<std::int32_t>(kStatuses) ? static_cast<std::size_t>(status) : kStatuses;
        if (counts[at]++ == 0) touched.push_back(static_cast<std::uint16_t>(at));
    }
};

} // namespace

struct Aggregate::State {
    std::uint64_t parsed = 0;
    std::uint64_t bytes = 0;
    std::uint64_t late = 0;
    std::uint64_t bots = 0;
    std::uint64_t noStatus = 0;
    std::array<std::uint64_t, 6> byClass{};
    std::array<std::uint64_t, kStatuses> byStatus{};
    Timestamp first, last; // meaningful when parsed > 0
    HyperLogLog visitors;
    Histogram durations;
    std::array<TopMap, kDimensionCount> tops;
    DurationMap urlDurations{kTimedUrlsOfAll};
    std::map<std::int64_t, SecondRow> seconds;
    std::map<std::int64_t, MinuteRow> minutes;
    // The rows that the last event went to: neighbours in a log share them.
    std::int64_t nowSecond = 0, nowMinute = 0;
    SecondRow* secondRow = nullptr;
    MinuteRow* minuteRow = nullptr;

    // What those rows were given since they are the present ones: a second's durations go on to its minute, a minute's to the whole.
    DurationScratch secondDurations, minuteDurations;
    KeyedDurations keyedDurations; // of the minute's URLs, by the numbers of the whole map's keys
    std::array<MinuteTop, kDimensionCount> minuteTops;
    StatusScratch minuteStatuses;

    void leaveSecond() {
        if (secondRow == nullptr) return;
        secondDurations.moveTo(secondRow->durations, minuteDurations);
        secondRow = nullptr;
    }
    /// Brings everything up to date; before anything but `add` looks at it.
    void settle() {
        leaveSecond();
        if (minuteRow == nullptr) return;
        minuteDurations.moveTo(minuteRow->durations, durations);
        moveTops();
        moveStatuses();
        minuteRow = nullptr;
    }
    void moveStatuses() {
        for (const std::uint16_t status : minuteStatuses.touched) {
            std::uint32_t& times = minuteStatuses.counts[status];
            minuteRow->addStatus(status < kStatuses ? status : kNoStatus, times);
            (status < kStatuses ? byStatus[status] : noStatus) += times;
            times = 0;
        }
        minuteStatuses.touched.clear();
    }
    TopMap& topOf(Dimension dimension) { return tops[static_cast<std::size_t>(dimension)]; }
    std::uint32_t count(Dimension dimension, std::string_view key, std::uint64_t hash, const TopMap::Counts& counts) {
        const auto d = static_cast<std::size_t>(dimension);
        const std::uint32_t number = numberOf(d, key, hash);
        minuteTops[d].add(number, counts);
        return number;
    }
    std::uint32_t numberOf(std::size_t d, std::string_view key, std::uint64_t hash) {
        const std::uint32_t number = tops[d].find(key, hash);
        if (number != TopMap::kNone) return number;
        if (tops[d].isFull(key.size())) moveTops(); // a purge changes the numbers, and goes by the counts
        return tops[d].insert(key, hash);
    }
    /// The same for the dimensions with few keys.
    void count(Dimension dimension, std::string_view key, const TopMap::Counts& counts) {
        if (key.empty()) return;
        key = TopMap::cut(key);
        const auto d = static_cast<std::size_t>(dimension);
        std::uint32_t& recent = minuteTops[d].recentOf(key);
        if (!tops[d].isAt(recent, key)) recent = numberOf(d, key, hashBytes(key));
        minuteTops[d].add(recent, counts);
    }
    /// The durations of the URLs that were most frequent since the last time go on to the minute and to the whole.
    void moveKeyedDurations() {
        if (keyedDurations.empty()) return;
        const TopMap& urls = topOf(Dimension::Url);
        const MinuteTop& minute = minuteTops[static_cast<std::size_t>(Dimension::Url)];
        std::vector<std::uint32_t> order = minute.touched;
        const auto kept = order.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(kTimedUrls, order.size()));
        std::nth_element(order.begin(), kept, order.end(), [&](std::uint32_t a, std::uint32_t b) {
            const std::uint64_t left = minute.counts[a].count, right = minute.counts[b].count;
            return left != right ? left > right : urls.key(a) < urls.key(b);
        });
        order.erase(kept, order.end());
        keyedDurations.moveTo(order, urls.size(), [&](std::uint32_t number, const Histogram& each) {
            minuteRow->urlDurations.add(urls.key(number), each);
            urlDurations.add(urls.key(number), each);
        });
    }
    void moveTops() {
        moveKeyedDurations();
        MinuteRow& m = *minuteRow;
        TopMap* const small[kDimensionCount] = {&m.urls, &m.hosts, &m.agents,    &m.referrers, &m.methods,
                                                nullptr, &m.keys,  &m.countries, &m.networks,  &m.systems};
        for (std::size_t d = 0; d < kDimensionCount; ++d)
            if (small[d] != nullptr) minuteTops[d].moveTo(*small[d], tops[d]);
    }
    SecondRow* rowOfSecond(std::int64_t second);
    MinuteRow& rowOfMinute(std::int64_t minute);
    void dropOldestSeconds();
};

/// Null when the second is older than all of a full hour of rows.
SecondRow* Aggregate::State::rowOfSecond(std::int64_t second) {
    if (secondRow != nullptr) {
        if (nowSecond == second) return secondRow;
        leaveSecond();
    }
    auto at = seconds.find(second);
    if (at == seconds.end()) {
        if (seconds.size() >= kMaxSeconds && second < seconds.begin()->first) return nullptr;
        at = seconds.try_emplace(second).first;
        dropOldestSeconds();
    }
    nowSecond = second;
    return secondRow = &at->second;
}

void Aggregate::State::dropOldestSeconds() {
    if (seconds.size() <= kMaxSeconds) return;
    while (seconds.size() > kMaxSeconds) seconds.erase(seconds.begin());
}

/// Beyond the cap a new minute's lines are counted in the nearest one before it (else the first): the sum over minutes stays right.
MinuteRow& Aggregate::State::rowOfMinute(std::int64_t minute) {
    if (minuteRow != nullptr) {
        if (nowMinute == minute) return *minuteRow;
        settle();
    }
    auto at = minutes.lower_bound(minute);
    if (at == minutes.end() || at->first != minute) {
        if (minutes.size() < kMaxMinutes) at = minutes.try_emplace(at, minute);
        else if (at != minutes.begin()) --at;
    }
    nowMinute = minute;
    minuteRow = &at->second;
    return *minuteRow;
}

Aggregate::Aggregate() : m_state(std::make_unique<State>()) {}
Aggregate::~Aggregate() = default;
Aggregate::Aggregate(Aggregate&& other) noexcept = default;
Aggregate& Aggregate::operator=(Aggregate&& other) noexcept = default;

void Aggregate::expect(const Record& record) const {
    m_state->topOf(Dimension::Address).prefetch(hashBytes(TopMap::cut(record.address)));
}

void Aggregate::add(const Event& event, bool late) {
    State& s = *m_state;
    const Record& r = event.record;
    const std::string_view address = TopMap::cut(r.address);
    const std::uint64_t addressHash = hashBytes(address);
    s.topOf(Dimension::Address).prefetchEntry(addressHash);
    const std::string_view url = TopMap::cut(event.url.path.empty() ? r.target : event.url.path);
    const std::uint64_t urlHash = hashBytes(url);
    s.topOf(Dimension::Url).prefetch(urlHash);
    const std::uint64_t bytes = r.bytes > 0 ? static_cast<std::uint64_t>(r.bytes) : 0;
    const std::size_t kind = statusClass(r.status);
    const std::uint64_t error = r.status >= 400 ? 1 : 0;
    const bool bot = event.agent != nullptr && event.agent->bot;

    if (s.parsed == 0) s.first = s.last = r.time;
    s.first = std::min(s.first, r.time);
    s.last = std::max(s.last, r.time);
    ++s.parsed;
    s.bytes += bytes;
    s.late += late ? 1 : 0;
    s.bots += bot ? 1 : 0;
    ++s.byClass[kind];

    // The minute first: leaving one leaves its second.
    MinuteRow& minute = s.rowOfMinute(r.time.minutes());
    ++minute.lines;
    minute.late += late ? 1 : 0;
    minute.bytes += bytes;
    minute.errors += error;
    minute.bots += bot ? 1 : 0;
    ++minute.byClass[kind];
    std::uint32_t duration = DurationScratch::kNone;
    s.minuteStatuses.add(r.status);
    SecondRow* const second = late ? nullptr : s.rowOfSecond(r.time.seconds());
    if (second != nullptr) {
        ++second->byClass[kind];
        second->noStatus += r.status < 0 ? 1 : 0;
        second->bytes += bytes;
        duration = s.secondDurations.add(r.durationNs);
    } else {
        duration = s.minuteDurations.add(r.durationNs);
    }

    s.topOf(Dimension::Address).prefetchKey(addressHash);
    s.topOf(Dimension::Url).prefetchEntry(urlHash);
    if (!address.empty() || event.agentHash != 0) { // else nothing is said of who it was
        const std::uint64_t visitor = combineHashes(addressHash, event.agentHash);
        s.visitors.add(visitor);
        minute.visitors.add(visitor);
    }

    const TopMap::Counts counts{1, bytes, error};
    const auto count = [&](Dimension dimension, std::string_view key) { s.count(dimension, key, counts); };
    s.topOf(Dimension::Url).prefetchKey(urlHash);
    if (!url.empty()) {
        const std::uint32_t number = s.count(Dimension::Url, url, urlHash, counts);
        if (duration != DurationScratch::kNone && s.keyedDurations.add(number, duration)) s.moveKeyedDurations();
    }
    count(Dimension::Host, r.host.empty() ? event.url.domain : r.host);
    constexpr std::string_view kUnknown = "unknown";
    if (event.agent != nullptr) {
        count(Dimension::Agent, event.agent->name.empty() ? kUnknown : event.agent->name);
        count(Dimension::System, event.agent->osName.empty() ? kUnknown : event.agent->osName);
    } else if (r.web) {
        count(Dimension::Agent, kUnknown);
    }
    if (!r.referrer.empty()) count(Dimension::Referrer, hostOf(r.referrer));
    count(Dimension::Method, r.method);
    if (!address.empty()) s.topOf(Dimension::Address).add(address, addressHash, counts);
    count(Dimension::Key, r.key);
    count(Dimension::Country, event.country);
    count(Dimension::Network, event.network);
}

void Aggregate::merge(const Aggregate& other) {
    State& s = *m_state;
    s.settle();
    other.m_state->settle();
    const State& o = *other.m_state;
    if (o.parsed > 0) {
        s.first = s.parsed == 0 ? o.first : std::min(s.first, o.first);
        s.last = s.parsed == 0 ? o.last : std::max(s.last, o.last);
    }
    s.parsed += o.parsed;
    s.bytes += o.bytes;
    s.late += o.late;
    s.bots += o.bots;
    s.noStatus += o.noStatus;
    for (std::size_t i = 0; i < s.byClass.size(); ++i) s.byClass[i] += o.byClass[i];
    for (std::size_t i = 0; i < kStatuses; ++i) s.byStatus[i] += o.byStatus[i];
    s.visitors.merge(o.visitors);
    s.durations.merge(o.durations);
    for (std::size_t i = 0; i < kDimensionCount; ++i) s.tops[i].merge(o.tops[i]);
    s.urlDurations.merge(o.urlDurations);
    for (const auto& [second, row] : o.seconds) s.seconds[second].merge(row);
    s.dropOldestSeconds();
    for (const auto& [minute, row] : o.minutes) s.rowOfMinute(minute).merge(row);
}

void Aggregate::clear() { *m_state = State(); }

Totals Aggregate::totals() const {
    m_state->settle();
    const State& s = *m_state;
    Totals t;
    t.parsed = s.parsed;
    t.bytes = s.bytes;
    t.byClass = s.byClass;
    t.byStatus = s.byStatus;
    t.noStatus = s.noStatus;
    t.visitors = s.visitors.estimate();
    t.visitorsError = HyperLogLog::kStandardError;
    t.bots = s.bots;
    t.p50Ms = s.durations.quantileMs(0.50);
    t.p95Ms = s.durations.quantileMs(0.95);
    t.p99Ms = s.durations.quantileMs(0.99);
    t.first = s.first;
    t.last = s.last;
    return t;
}

TopList Aggregate::top(Dimension dimension, RankBy rank, std::size_t count) const {
    m_state->settle();
    static const DurationMap kNone(0);
    return topUrls(m_state->topOf(dimension), dimension == Dimension::Url ? m_state->urlDurations : kNone, rank, count);
}

std::vector<SecondPoint> Aggregate::seconds(std::size_t count) const {
    m_state->settle();
    const auto& rows = m_state->seconds;
    std::vector<SecondPoint> points;
    points.reserve(std::min(count, rows.size()));
    for (auto at = rows.rbegin(); at != rows.rend() && points.size() < count; ++at) points.push_back(at->second.point(at->first));
    std::reverse(points.begin(), points.end());
    return points;
}

std::uint64_t Aggregate::late() const { return m_state->late; }

std::optional<std::int64_t> Aggregate::newestSecond() const {
    m_state->settle();
    if (m_state->seconds.empty()) return std::nullopt;
    return m_state->seconds.rbegin()->first;
}

void Aggregate::eachSecond(std::int64_t from, std::int64_t to, const std::function<void(std::int64_t, const SecondRow&)>& visit) const {
    m_state->settle();
    const auto& rows = m_state->seconds;
    for (auto at = rows.lower_bound(from); at != rows.end() && at->first < to; ++at) visit(at->first, at->second);
}

void Aggregate::eachMinute(std::int64_t from, std::int64_t to, const std::function<void(std::int64_t, const MinuteRow&)>& visit) const {
    m_state->settle();
    const auto& rows = m_state->minutes;
    for (auto at = rows.lower_bound(from); at != rows.end() && at->first < to; ++at) visit(at->first, at->second);
}

std::string Aggregate::serialize() const {
    m_state->settle();
    const State& s = *m_state;
    ByteWriter out;
    for (const char c : kMagic) out.byte(static_cast<std::uint8_t>(c));
    out.byte(kStoredVersion);
    for (const std::uint64_t n : {s.parsed, s.bytes, s.late, s.bots, s.noStatus}) out.number(n);
    out.signedNumber(s.first.ns);
    out.signedNumber(s.last.ns);
    for (const std::uint64_t n : s.byClass) out.number(n);
    out.number(static_cast<std::uint64_t>(std::count_if(s.byStatus.begin(), s.byStatus.end(), [](std::uint64_t n) { return n != 0; })));
    for (std::size_t i = 0; i < kStatuses; ++i) {
        if (s.byStatus[i] == 0) continue;
        out.number(i);
        out.number(s.byStatus[i]);
    }
    s.visitors.write(out);
    s.durations.write(out);
    for (const TopMap& top : s.tops) top.write(out);
    s.urlDurations.write(out);
    const auto writeRows = [&out](const auto& rows) {
        out.number(rows.size());
        std::int64_t before = 0;
        for (const auto& [key, row] : rows) {
            out.signedNumber(key - before);
            before = key;
            row.write(out);
        }
    };
    writeRows(s.seconds);
    writeRows(s.minutes);
    return out.take();
}

Result<Aggregate> Aggregate::deserialize(std::string_view bytes) {
    if (!bytes.starts_with(kMagic)) return fail(ErrorCode::Corrupt, "stored sums do not begin with their mark");
    ByteReader in(bytes.substr(kMagic.size()));
    const std::uint8_t version = readVersion(in);
    if (version == 0) return fail(ErrorCode::Corrupt, "stored sums have an unknown version");
    Aggregate aggregate;
    State& s = *aggregate.m_state;
    for (std::uint64_t* n : {&s.parsed, &s.bytes, &s.late, &s.bots, &s.noStatus}) *n = in.number();
    s.first.ns = in.signedNumber();
    s.last.ns = in.signedNumber();
    for (std::uint64_t& n : s.byClass) n = in.number();
    const std::size_t statuses = in.count(2);
    std::int64_t before = -1;
    for (std::size_t i = 0; i < statuses && !in.failed(); ++i) {
        const std::uint64_t status = in.number();
        if (status >= kStatuses || static_cast<std::int64_t>(status) <= before)
            return fail(ErrorCode::Corrupt, "stored sums have statuses out of order");
        before = static_cast<std::int64_t>(status);
        s.byStatus[status] = in.number();
    }
    s.visitors.read(in);
    s.durations.read(in);
    const std::size_t dimensions = version == 1 ? static_cast<std::size_t>(Dimension::Key) : kDimensionCount;
    for (std::size_t d = 0; d < dimensions; ++d) s.tops[d].read(in);
    if (version > 2) s.urlDurations.read(in);
    const auto readRows = [&in, version](auto& rows, std::size_t most, std::size_t least) {
        const std::size_t count = in.count(least);
        if (count > most) in.fail();
        std::int64_t key = 0;
        for (std::size_t i = 0; i < count && !in.failed(); ++i) {
            const std::int64_t step = in.signedNumber();
            if (__builtin_add_overflow(key, step, &key) || (i > 0 && step <= 0)) return in.fail();
            rows.try_emplace(rows.end(), key)->second.read(in, version);
        }
    };
    readRows(s.seconds, kMaxSeconds, 10);
    readRows(s.minutes, kMaxMinutes, 20);
    if (!in.finished()) return fail(ErrorCode::Corrupt, "stored sums contradict themselves");
    return aggregate;
}

void Aggregate::visitMinutes(const std::function<void(std::int64_t, const std::string&)>& visit) const {
    m_state->settle();
    for (const auto& [minute, row] : m_state->minutes) visit(minute, rowBytes(row));
}

void Aggregate::visitSeconds(const std::function<void(std::int64_t, const std::string&)>& visit) const {
    m_state->settle();
    for (const auto& [second, row] : m_state->seconds) visit(second, rowBytes(row));
}

Status Aggregate::restoreMinute(std::int64_t minute, std::string_view row) {
    SG_TRY_ASSIGN(const MinuteRow stored, readRow<MinuteRow>(row, "minute"));
    m_state->rowOfMinute(minute).merge(stored);
    return {};
}

Status Aggregate::restoreSecond(std::int64_t second, std::string_view row) {
    SG_TRY_ASSIGN(const SecondRow stored, readRow<SecondRow>(row, "second"));
    m_state->settle();
    m_state->seconds[second].merge(stored);
    m_state->dropOldestSeconds();
    return {};
}

void Aggregate::forgetRowsOlderThan(std::int64_t keepSeconds) {
    State& s = *m_state;
    s.settle();
    if (s.seconds.empty() && s.minutes.empty()) return;
    // A line from the future has a minute and no second: one wrong clock must not sweep the present away.
    const std::int64_t newest = s.seconds.empty() ? s.minutes.rbegin()->first * 60 : s.seconds.rbegin()->first;
    const std::int64_t oldest = newest - keepSeconds;
    s.seconds.erase(s.seconds.begin(), s.seconds.lower_bound(oldest));
    s.minutes.erase(s.minutes.begin(), s.minutes.lower_bound(oldest / 60));
}

void Aggregate::forgetRows() {
    m_state->settle();
    m_state->seconds.clear();
    m_state->minutes.clear();
}

std::size_t Aggregate::memoryBytes() const {
    const State& s = *m_state;
    constexpr std::size_t kNode = 48; // of std::map, with the key
    std::size_t sum = sizeof s + s.visitors.memoryBytes() + s.durations.memoryBytes() + s.urlDurations.memoryBytes();
    for (const TopMap& top : s.tops) sum += top.memoryBytes();
    for (const auto& [second, row] : s.seconds) sum += kNode + row.memoryBytes();
    for (const auto& [minute, row] : s.minutes) sum += kNode + row.memoryBytes();
    return sum;
}

Result<std::string> mergeMinuteRows(std::string_view a, std::string_view b) { return mergeRows<MinuteRow>(a, b, "minute"); }
Result<std::string> mergeSecondRows(std::string_view a, std::string_view b) { return mergeRows<SecondRow>(a, b, "second"); }

Result<std::uint64_t> minuteRowLines(std::string_view row) {
    ByteReader in(row);
    if (readVersion(in) == 0) return fail(ErrorCode::Corrupt, "a stored minute row begins with an unknown version");
    const std::uint64_t lines = in.number();
    if (in.failed()) return fail(ErrorCode::Corrupt, "a stored minute row is empty");
    return lines;
}

} // namespace sg
