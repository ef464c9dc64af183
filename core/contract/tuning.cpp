#include "core/contract/tuning.h"

#include "core/contract/privacy.h"

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

template <class T> void bound(T& value, T low, T high) { value = std::clamp(value, low, high); }
void boundReal(double& value, double low, double high) { value = std::isfinite(value) ? std::clamp(value, low, high) : low; }

} // namespace

Tuning clip(Tuning t) {
    using std::chrono::hours;
    if (t.traffic.rate != 0) boundReal(t.traffic.rate, 1, 1'000'000);
    boundReal(t.traffic.amplitude, 0, 1);
    bound<Milliseconds>(t.traffic.period, Milliseconds(10'000), hours(24));
    boundReal(t.traffic.malformedShare, 0, 1);
    boundReal(t.traffic.botShare, 0, 1);
    boundReal(t.traffic.zipf, 0, 3);
    bound<std::uint32_t>(t.traffic.pages, 1, 1'000'000);
    boundReal(t.traffic.thinkMedian, 0.1, 600);
    boundReal(t.traffic.responseMedianMs, 0.1, 60'000);
    boundReal(t.traffic.responseSpread, 0, 3);
    bound<std::uint64_t>(t.log.rotateBytes, 1U << 20U, 64ULL << 30U);
    bound<std::uint32_t>(t.log.keepRotated, 0, 100);
    bound<std::uint32_t>(t.split.linesPerChunk, 1, 1'000'000);
    bound<Milliseconds>(t.split.minAge, Milliseconds(0), Milliseconds(10'000));
    bound<std::uint64_t>(t.split.maxBytes, 64U << 10U, 256U << 20U);
    bound<std::uint64_t>(t.split.minFreeBytes, 0, 1ULL << 40U);
    bound<std::uint64_t>(t.split.queueBytes, 16U << 20U, 1ULL << 40U);
    boundReal(t.split.pace, 0, 1e6);
    bound<Milliseconds>(t.batch.interval, Milliseconds(100), Milliseconds(300'000));
    bound<std::uint32_t>(t.batch.maxFiles, 1, 100'000);
    bound<std::uint64_t>(t.batch.maxBytes, 1U << 20U, 1U << 30U);
    bound<Milliseconds>(t.batch.lateness, Milliseconds(0), hours(24));
    bound<std::uint32_t>(t.batch.threads, 0, 64);
    bound<std::uint32_t>(t.batch.retainBatches, 2, 10'000);
    bound<std::uint64_t>(t.output.bulkBytes, 64U << 10U, 64U << 20U);
    bound<std::uint32_t>(t.output.inFlight, 1, 16);
    bound<Milliseconds>(t.output.timeout, Milliseconds(1000), Milliseconds(600'000));
    bound<Milliseconds>(t.output.refresh, Milliseconds(100), Milliseconds(60'000));
    bound<std::uint32_t>(t.output.shards, 1, 64);
    bound<std::uint32_t>(t.output.replicas, 0, 8);
    if (t.output.retention.count() != 0) bound<Milliseconds>(t.output.retention, hours(24), hours(24 * 10'000));
    bound<Milliseconds>(t.output.drainTimeout, Milliseconds(0), Milliseconds(3'600'000));
    bound<std::uint32_t>(t.privacy.ipv4Bits, 0, 32);
    bound<std::uint32_t>(t.privacy.ipv6Bits, 0, 128);
    if (archivesWhatIsRemoved(t)) t.batch.release = ReleaseAction::Delete;
    return t;
}

} // namespace sg
