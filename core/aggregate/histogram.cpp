#include "core/aggregate/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace sg {
namespace {

constexpr std::uint64_t kGreatest = std::uint64_t{1} << 40; // microseconds, 12 days: longer ones count there

std::uint32_t bucketOf(std::uint64_t value, unsigned bits) {
    const unsigned width = static_cast<unsigned>(std::bit_width(value));
    const unsigned exponent = width > bits + 1 ? width - bits - 1 : 0;
    return static_cast<std::uint32_t>((std::uint64_t{exponent} << bits) + (value >> exponent));
}

std::uint64_t lowest(std::uint32_t bucket, unsigned bits) {
    const std::uint32_t exponent = bucket >> bits <= 1 ? 0 : (bucket >> bits) - 1;
    return static_cast<std::uint64_t>(bucket - (exponent << bits)) << exponent;
}

} // namespace

void Histogram::add(std::int64_t nanoseconds) {
    if (nanoseconds < 0) return;
    const std::uint64_t value = std::min(static_cast<std::uint64_t>(nanoseconds) / 1000, kGreatest);
    addTo(bucketOf(value, m_bits), 1);
}

void Histogram::addFine(std::uint32_t bucket, std::uint64_t times) {
    addTo(m_bits == kBits ? bucket : bucketOf(lowest(bucket, kBits), m_bits), times);
}

void Histogram::addTo(std::uint32_t bucket, std::uint64_t times) {
    m_count += times;
    if (m_limit == 0) {
        if (bucket >= m_dense.size()) m_dense.resize(bucket + 1);
        m_dense[bucket] += times;
        return;
    }
    const auto key = static_cast<std::uint16_t>(bucket);
    const std::uint16_t* base = m_keys.data();
    std::size_t length = m_keys.size();
    // Without branches on the keys: durations are random, a mispredicted search costs more than its steps.
    while (length > 1) {
        const std::size_t half = length / 2;
        base += base[half - 1] < key ? half : 0;
        length -= half;
    }
    std::size_t at = static_cast<std::size_t>(base - m_keys.data());
    if (length == 1 && *base < key) ++at;
    const auto room = [](std::uint32_t before, std::uint64_t more) {
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(before + more, std::numeric_limits<std::uint32_t>::max()));
    };
    if (at < m_keys.size() && m_keys[at] == key) {
        m_counts[at] = room(m_counts[at], times);
        return;
    }
    m_keys.insert(m_keys.begin() + static_cast<std::ptrdiff_t>(at), key);
    m_counts.insert(m_counts.begin() + static_cast<std::ptrdiff_t>(at), room(0, times));
    while (m_keys.size() > m_limit && m_bits > 0) coarsen();
}

void Histogram::coarsen() {
    const unsigned before = m_bits--;
    if (m_limit == 0) {
        std::vector<std::uint64_t> old;
        old.swap(m_dense);
        m_count = 0;
        for (std::uint32_t i = 0; i < old.size(); ++i)
            if (old[i] != 0) addTo(bucketOf(lowest(i, before), m_bits), old[i]);
        return;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_keys.size(); ++i) {
        const auto key = static_cast<std::uint16_t>(bucketOf(lowest(m_keys[i], before), m_bits));
        if (kept > 0 && m_keys[kept - 1] == key) {
            m_counts[kept - 1] += m_counts[i];
        } else {
            m_keys[kept] = key;
            m_counts[kept++] = m_counts[i];
        }
    }
    m_keys.resize(kept);
    m_counts.resize(kept);
}

template <class Visit> void Histogram::visit(Visit&& each) const {
    for (std::size_t i = 0; i < m_dense.size(); ++i)
        if (m_dense[i] != 0) each(static_cast<std::uint32_t>(i), m_dense[i]);
    for (std::size_t i = 0; i < m_keys.size(); ++i) each(std::uint32_t{m_keys[i]}, std::uint64_t{m_counts[i]});
}

void Histogram::merge(const Histogram& other) {
    if (this == &other) {
        const Histogram copy = other;
        return merge(copy);
    }
    while (m_bits > other.m_bits) coarsen();
    // m_bits is read again for every bucket: adding one may coarsen this histogram.
    other.visit([&](std::uint32_t bucket, std::uint64_t times) { addTo(bucketOf(lowest(bucket, other.m_bits), m_bits), times); });
}

float Histogram::quantileMs(double q) const {
    if (m_count == 0) return -1;
    const auto wanted = static_cast<std::uint64_t>(std::max(1.0, std::ceil(q * static_cast<double>(m_count))));
    std::uint64_t seen = 0;
    float found = -1;
    visit([&](std::uint32_t bucket, std::uint64_t times) {
        if (seen >= wanted) return;
        seen += times;
        const auto low = static_cast<double>(lowest(bucket, m_bits));
        const auto high = static_cast<double>(lowest(bucket + 1, m_bits) - 1);
        found = static_cast<float>((low + high) / 2000.0);
    });
    return found;
}

std::size_t Histogram::memoryBytes() const {
    return m_dense.capacity() * sizeof(std::uint64_t) + m_keys.capacity() * sizeof(std::uint16_t) +
           m_counts.capacity() * sizeof(std::uint32_t);
}

void Histogram::write(ByteWriter& out) const {
    out.byte(m_bits);
    std::size_t used = 0;
    visit([&](std::uint32_t, std::uint64_t) { ++used; });
    out.number(used);
    std::uint32_t before = 0;
    visit([&](std::uint32_t bucket, std::uint64_t times) {
        out.number(bucket - before);
        out.number(times);
        before = bucket;
    });
}

void Histogram::read(ByteReader& in) {
    *this = Histogram(m_limit);
    const std::uint8_t bits = in.byte();
    if (bits > kBits) return in.fail();
    m_bits = bits;
    const std::size_t used = in.count(2);
    if (m_limit != 0 && used > m_limit) return in.fail();
    const std::uint32_t greatest = bucketOf(kGreatest, m_bits);
    std::uint64_t bucket = 0;
    for (std::size_t i = 0; i < used && !in.failed(); ++i) {
        const std::uint64_t step = in.number();
        const std::uint64_t times = in.number();
        if (in.failed() || step > greatest || bucket + step > greatest || (i > 0 && step == 0) || times == 0) return in.fail();
        if (m_limit != 0 && times > std::numeric_limits<std::uint32_t>::max()) return in.fail();
        bucket += step;
        addTo(static_cast<std::uint32_t>(bucket), times);
    }
}

std::uint32_t DurationScratch::add(std::int64_t nanoseconds) {
    if (nanoseconds < 0) return kNone;
    const std::uint64_t value = std::min(static_cast<std::uint64_t>(nanoseconds) / 1000, kGreatest);
    const std::uint32_t bucket = bucketOf(value, Histogram::kBits);
    addFine(bucket, 1);
    return bucket;
}

std::uint32_t Histogram::coarser(std::uint32_t bucket, std::uint8_t bits) { return bucketOf(lowest(bucket, kBits), bits); }

void DurationScratch::addFine(std::uint32_t bucket, std::uint32_t times) {
    if (bucket >= m_counts.size()) m_counts.resize(bucket + 1);
    if (m_counts[bucket] == 0) m_touched.push_back(static_cast<std::uint16_t>(bucket));
    m_counts[bucket] += times;
}

void DurationScratch::clear() {
    for (const std::uint16_t bucket : m_touched) m_counts[bucket] = 0;
    m_touched.clear();
}

} // namespace sg
