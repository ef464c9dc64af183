#include "core/aggregate/rows.h"

#include "core/record/event.h"

#include <algorithm>
#include <limits>

namespace sg {
namespace {

template <std::size_t N> void addAll(std::array<std::uint64_t, N>& to, const std::array<std::uint64_t, N>& from) {
    for (std::size_t i = 0; i < N; ++i) to[i] += from[i];
}

} // namespace

void SecondRow::merge(const SecondRow& other) {
    addAll(byClass, other.byClass);
    noStatus += other.noStatus;
    bytes += other.bytes;
    durations.merge(other.durations);
}

void SecondRow::write(ByteWriter& out) const {
    for (const std::uint64_t n : byClass) out.number(n);
    out.number(noStatus);
    out.number(bytes);
    durations.write(out);
}

void SecondRow::read(ByteReader& in, std::uint8_t version) {
    for (std::uint64_t& n : byClass) n = in.number();
    noStatus = version == 1 ? 0 : in.number();
    bytes = in.number();
    durations.read(in);
}

SecondPoint SecondRow::point(std::int64_t second) const {
    SecondPoint point;
    point.second = second;
    for (std::size_t i = 0; i < byClass.size(); ++i)
        point.byClass[i] = static_cast<std::uint32_t>(std::min<std::uint64_t>(byClass[i], std::numeric_limits<std::uint32_t>::max()));
    point.noStatus = static_cast<std::uint32_t>(std::min<std::uint64_t>(noStatus, std::numeric_limits<std::uint32_t>::max()));
    point.bytes = bytes;
    point.p50Ms = durations.quantileMs(0.50);
    point.p95Ms = durations.quantileMs(0.95);
    point.p99Ms = durations.quantileMs(0.99);
    return point;
}

void MinuteRow::addStatus(std::int32_t status, std::uint64_t times) {
    const auto at =
        std::lower_bound(byStatus.begin(), byStatus.end(), status, [](const auto& pair, std::int32_t s) { return pair.first < s; });
    if (at != byStatus.end() && at->first == status) at->second += times;
    else byStatus.insert(at, {status, times});
}

void MinuteRow::merge(const MinuteRow& other) {
    lines += other.lines;
    late += other.late;
    bytes += other.bytes;
    errors += other.errors;
    bots += other.bots;
    addAll(byClass, other.byClass);
    for (const auto& [status, times] : other.byStatus) addStatus(status, times);
    visitors.merge(other.visitors);
    durations.merge(other.durations);
    methods.merge(other.methods);
    urls.merge(other.urls);
    urlDurations.merge(other.urlDurations);
    hosts.merge(other.hosts);
    agents.merge(other.agents);
    referrers.merge(other.referrers);
    keys.merge(other.keys);
    countries.merge(other.countries);
    networks.merge(other.networks);
    systems.merge(other.systems);
}

void MinuteRow::write(ByteWriter& out) const {
    out.number(lines);
    out.number(late);
    out.number(bytes);
    out.number(errors);
    out.number(bots);
    for (const std::uint64_t n : byClass) out.number(n);
    out.number(byStatus.size());
    for (const auto& [status, times] : byStatus) {
        out.signedNumber(status);
        out.number(times);
    }
    visitors.write(out);
    durations.write(out);
    for (const TopMap* top : {&methods, &urls, &hosts, &agents, &referrers, &keys, &countries, &networks, &systems}) top->write(out);
    urlDurations.write(out);
}

void MinuteRow::read(ByteReader& in, std::uint8_t version) {
    lines = in.number();
    late = in.number();
    bytes = in.number();
    errors = in.number();
    bots = in.number();
    for (std::uint64_t& n : byClass) n = in.number();
    byStatus.clear();
    const std::size_t statuses = in.count(2);
    for (std::size_t i = 0; i < statuses && !in.failed(); ++i) {
        const std::int64_t status = in.signedNumber();
        const std::uint64_t times = in.number();
        if (status < kNoStatus || status > 999 || (i > 0 && status <= byStatus.back().first)) return in.fail();
        byStatus.emplace_back(static_cast<std::int32_t>(status), times);
    }
    visitors.read(in);
    durations.read(in);
    for (TopMap* top : {&methods, &urls, &hosts, &agents, &referrers}) top->read(in);
    if (version == 1) return;
    for (TopMap* top : {&keys, &countries, &networks, &systems}) top->read(in);
    if (version > 2) urlDurations.read(in);
}

std::size_t MinuteRow::memoryBytes() const {
    std::size_t sum = sizeof *this + byStatus.capacity() * sizeof byStatus[0] + visitors.memoryBytes() + durations.memoryBytes() +
                      urlDurations.memoryBytes();
    for (const TopMap* top : {&methods, &urls, &hosts, &agents, &referrers, &keys, &countries, &networks, &systems})
        sum += top->memoryBytes();
    return sum;
}

} // namespace sg
