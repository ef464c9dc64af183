#pragma once
/// How long things took: a log-linear histogram of durations, mergeable by addition.
///
/// Values are whole microseconds. With b bits a bucket is at most 2^-b of its value wide, so a quantile is right within 2^-(b+1);
/// b starts at 7 (0.4 %). A bounded histogram (limit > 0) keeps at most `limit` buckets: it gives up one bit at a time until
/// they fit. Buckets of fewer bits are unions of those of more bits, so the outcome is the same whatever the order of adding and merging.
/// *Source:* the bucket rule of HdrHistogram.
#include "core/aggregate/bytes.h"

#include <cstdint>
#include <vector>

namespace sg {

class Histogram {
public:
    static constexpr std::uint8_t kBits = 7;
    /// `limit` buckets at most, sparse; 0 = unbounded, one counter per bucket up to the greatest.
    /// It may begin with fewer bits.
    explicit Histogram(std::uint32_t limit = 0, std::uint8_t bits = kBits) : m_limit(limit), m_bits(bits) {}

    /// Adds a duration in nanoseconds; negative ones are no durations and are left out.
    void add(std::int64_t nanoseconds);
    void merge(const Histogram& other);
    /// Adds `times` values of one bucket of `kBits` (see `DurationScratch`).
    void addFine(std::uint32_t bucket, std::uint64_t times);
    /// The bucket of `bits` in which a bucket of `kBits` lies.
    [[nodiscard]] static std::uint32_t coarser(std::uint32_t bucket, std::uint8_t bits);
    [[nodiscard]] std::uint64_t count() const { return m_count; }
    /// Milliseconds below which the share `q` (0..1) of the values lies; -1 when empty.
    [[nodiscard]] float quantileMs(double q) const;
    /// Greatest relative error of a quantile above 256 microseconds.
    [[nodiscard]] double relativeError() const { return 1.0 / static_cast<double>(std::uint64_t{2} << m_bits); }
    [[nodiscard]] std::size_t memoryBytes() const;

    void write(ByteWriter& out) const;
    /// Fails the reader when a bucket is out of range or out of order.
    void read(ByteReader& in);

private:
    void addTo(std::uint32_t bucket, std::uint64_t times);
    void coarsen();
    template <class Visit> void visit(Visit&& each) const;

    std::uint32_t m_limit;
    std::uint8_t m_bits;
    std::uint64_t m_count = 0;
    std::vector<std::uint64_t> m_dense; // by bucket; used when m_limit is 0
    std::vector<std::uint16_t> m_keys;  // buckets in use, ascending; used when m_limit is not 0
    std::vector<std::uint32_t> m_counts;
};

/// Durations on their way to the bounded histogram of one row: neighbours in a log share a row, so most adds are one
/// increment instead of a search. `moveTo` costs a search per bucket that was touched. What a row is given goes on to the next coarser
/// one, so a line is put into a bucket once.
class DurationScratch {
public:
    static constexpr std::uint32_t kNone = ~0U;
    /// Returns the bucket, `kNone` for a negative duration.
    std::uint32_t add(std::int64_t nanoseconds);
    /// Adds what is here to both and empties this; `coarser` is a Histogram, or the scratch of one.
    template <class Coarser> void moveTo(Histogram& histogram, Coarser& coarser) {
        for (const std::uint16_t bucket : m_touched) {
            histogram.addFine(bucket, m_counts[bucket]);
            coarser.addFine(bucket, m_counts[bucket]);
        }
        clear();
    }
    /// Empties this.
    void clear();

private:
    void addFine(std::uint32_t bucket, std::uint32_t times);

    std::vector<std::uint32_t> m_counts; // by bucket of Histogram::kBits
    std::vector<std::uint16_t> m_touched;
};

} // namespace sg
