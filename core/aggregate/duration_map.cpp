#include "core/aggregate/duration_map.h"

#include <algorithm>
#include <array>

namespace sg {
namespace {

constexpr std::uint8_t kCoarseBits = 3;
constexpr std::uint64_t kLeastDurations = 20;
constexpr std::size_t kFine = 4608;  // buckets of Histogram::kBits, more than there are
constexpr std::size_t kCoarse = 320; // and of kCoarseBits

/// From fine to coarse, and from coarse to the first fine one.
struct Buckets {
    std::array<std::uint16_t, kFine> coarse{};
    std::array<std::uint16_t, kCoarse> fine{};
    Buckets() {
        for (std::size_t i = kFine; i-- > 0;) {
            coarse[i] = static_cast<std::uint16_t>(Histogram::coarser(static_cast<std::uint32_t>(i), kCoarseBits));
            fine[coarse[i]] = static_cast<std::uint16_t>(i);
        }
    }
};
const Buckets& buckets() {
    static const Buckets kBuckets;
    return kBuckets;
}

} // namespace

void DurationMap::add(std::string_view key, const Histogram& durations) {
    if (durations.count() == 0) return;
    auto at = m_keys.lower_bound(key);
    if (at == m_keys.end() || at->first != key) at = m_keys.emplace_hint(at, key, emptyHistogram());
    at->second.merge(durations);
    trim();
}

void DurationMap::merge(const DurationMap& other) {
    if (this == &other) {
        const DurationMap copy = other;
        return merge(copy);
    }
    for (const auto& [key, durations] : other.m_keys) {
        auto at = m_keys.lower_bound(key);
        if (at == m_keys.end() || at->first != key) at = m_keys.emplace_hint(at, key, emptyHistogram());
        at->second.merge(durations);
    }
    trim();
}

/// Once all are in: what goes does not depend on the order in which they came.
void DurationMap::trim() {
    if (m_keys.size() <= m_capacity) return;
    using At = decltype(m_keys)::iterator;
    std::vector<At> order;
    order.reserve(m_keys.size());
    for (auto at = m_keys.begin(); at != m_keys.end(); ++at) order.push_back(at);
    const auto kept = order.begin() + static_cast<std::ptrdiff_t>(m_capacity);
    std::nth_element(order.begin(), kept, order.end(), [](At a, At b) {
        return a->second.count() != b->second.count() ? a->second.count() > b->second.count() : a->first < b->first;
    });
    for (auto each = kept; each != order.end(); ++each) m_keys.erase(*each);
}

float DurationMap::quantileMs(std::string_view key, double q) const {
    const auto at = m_keys.find(key);
    return at == m_keys.end() ? -1 : at->second.quantileMs(q);
}

std::uint64_t DurationMap::count(std::string_view key) const {
    const auto at = m_keys.find(key);
    return at == m_keys.end() ? 0 : at->second.count();
}

std::vector<std::string_view> DurationMap::slowest(std::size_t count, std::uint64_t least) const {
    std::vector<std::pair<float, std::string_view>> order;
    for (const auto& [key, durations] : m_keys)
        if (durations.count() >= least) order.emplace_back(durations.quantileMs(0.95), key);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    std::vector<std::string_view> keys;
    for (std::size_t i = 0; i < std::min(count, order.size()); ++i) keys.push_back(order[i].second);
    return keys;
}

std::size_t DurationMap::memoryBytes() const {
    std::size_t sum = 0;
    for (const auto& [key, durations] : m_keys) sum += sizeof key + key.capacity() + sizeof durations + durations.memoryBytes() + 32;
    return sum;
}

void DurationMap::write(ByteWriter& out) const {
    out.number(m_keys.size());
    for (const auto& [key, durations] : m_keys) {
        out.text(key);
        durations.write(out);
    }
}

void DurationMap::read(ByteReader& in) {
    m_keys.clear();
    const std::size_t count = in.count(4);
    if (count > m_capacity) return in.fail();
    std::string_view before;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view key = in.text();
        Histogram durations = emptyHistogram();
        durations.read(in);
        if (in.failed() || key.size() > TopMap::kMaxKeyBytes || (i > 0 && key <= before) || durations.count() == 0) return in.fail();
        m_keys.emplace_hint(m_keys.end(), key, std::move(durations));
        before = key;
    }
}

void KeyedDurations::moveTo(const std::vector<std::uint32_t>& wanted, std::size_t keys,
                            const std::function<void(std::uint32_t, const Histogram&)>& each) {
    const Buckets& map = buckets();
    m_places.resize(std::max(m_places.size(), keys));
    m_counts.assign(wanted.size() * kCoarse, 0);
    for (std::size_t i = 0; i < wanted.size(); ++i) m_places[wanted[i]] = static_cast<std::uint8_t>(i + 1);
    for (const std::uint32_t note : m_notes)
        if (const std::uint8_t place = m_places[note >> kBucketBits]; place != 0)
            ++m_counts[(place - std::size_t{1}) * kCoarse + map.coarse[note & ((1U << kBucketBits) - 1)]];
    m_notes.clear();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        m_places[wanted[i]] = 0;
        Histogram durations = DurationMap::emptyHistogram();
        for (std::size_t bucket = 0; bucket < kCoarse; ++bucket)
            if (const std::uint32_t times = m_counts[i * kCoarse + bucket]; times != 0) durations.addFine(map.fine[bucket], times);
        if (durations.count() > 0) each(wanted[i], durations);
    }
}

TopList topUrls(const TopMap& urls, const DurationMap& durations, RankBy rank, std::size_t count) {
    TopList list;
    if (rank == RankBy::P95) {
        list.exact = urls.exact();
        for (const std::string_view key : durations.slowest(count, kLeastDurations))
            if (TopEntry entry = urls.entryOf(key); entry.count > 0) list.entries.push_back(std::move(entry));
    } else {
        list = urls.top(rank == RankBy::Errors ? TopMap::Rank::Errors : rank == RankBy::Bytes ? TopMap::Rank::Bytes : TopMap::Rank::Count,
                        count);
    }
    for (TopEntry& entry : list.entries) entry.p95Ms = durations.quantileMs(entry.key, 0.95);
    return list;
}

} // namespace sg
