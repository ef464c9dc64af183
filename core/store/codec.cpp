#include "core/store/codec.h"

#include "core/aggregate/bytes.h"

namespace sg {
namespace {

/// What is written. Older bytes are read too: what they do not have keeps its default.
constexpr std::uint8_t kVersion = 5;
constexpr std::uint8_t kWithSourceNames = 3;
constexpr std::uint8_t kWithRetries = 4;
constexpr std::uint8_t kWithPrivacy = 5;

// One walk for both directions: what is written and what is read cannot differ.
class Out {
public:
    void operator()(const std::string& value) { m_writer.text(value); }
    void operator()(const double& value) { m_writer.real(value); }
    void operator()(const bool& value) { m_writer.number(value ? 1 : 0); }
    void operator()(const std::int32_t& value) { m_writer.signedNumber(value); }
    void operator()(const std::int64_t& value) { m_writer.signedNumber(value); }
    void operator()(const std::uint32_t& value) { m_writer.number(value); }
    void operator()(const std::uint64_t& value) { m_writer.number(value); }
    void operator()(const Reason& value) { m_writer.byte(static_cast<std::uint8_t>(value)); }
    void operator()(const Timestamp& value) { m_writer.signedNumber(value.ns); }
    template <class Tag> void operator()(const Number<Tag>& value) { m_writer.number(value.value); }
    template <class T, class Each> void list(const std::vector<T>& values, std::size_t, Each&& each) {
        m_writer.number(values.size());
        for (const T& value : values) each(*this, value);
    }
    std::string finish() { return m_writer.take(); }
    Out() { m_writer.byte(kVersion); }
    [[nodiscard]] static std::uint8_t version() { return kVersion; }

private:
    ByteWriter m_writer;
};

class In {
public:
    explicit In(std::string_view bytes) : m_reader(bytes) {
        m_version = m_reader.byte();
        if (m_version == 0 || m_version > kVersion) m_reader.fail();
    }
    void operator()(std::string& value) { value = m_reader.text(); }
    void operator()(double& value) { value = m_reader.real(); }
    void operator()(bool& value) { value = m_reader.number() != 0; }
    void operator()(std::int32_t& value) { value = static_cast<std::int32_t>(m_reader.signedNumber()); }
    void operator()(std::int64_t& value) { value = m_reader.signedNumber(); }
    void operator()(std::uint32_t& value) { value = static_cast<std::uint32_t>(m_reader.number()); }
    void operator()(std::uint64_t& value) { value = m_reader.number(); }
    void operator()(Reason& value) {
        const std::uint8_t byte = m_reader.byte();
        if (byte >= kReasonCount) m_reader.fail();
        else value = static_cast<Reason>(byte);
    }
    void operator()(Timestamp& value) { value.ns = m_reader.signedNumber(); }
    template <class Tag> void operator()(Number<Tag>& value) { value.value = m_reader.number(); }
    template <class T, class Each> void list(std::vector<T>& values, std::size_t bytesEach, Each&& each) {
        values.resize(m_reader.count(bytesEach));
        for (T& value : values) each(*this, value);
    }
    [[nodiscard]] bool finished() const { return m_reader.finished(); }
    [[nodiscard]] std::uint8_t version() const { return m_version; }

private:
    ByteReader m_reader;
    std::uint8_t m_version = 0;
};

template <class Io, class P> void walkPlan(Io& io, P& plan) {
    io(plan.id);
    io(plan.planned);
    io(plan.first);
    io(plan.last);
    io.list(plan.chunks, 12, [](Io& each, auto& planned) {
        each(planned.chunk.stream);
        each(planned.chunk.sequence);
        each(planned.chunk.source);
        each(planned.chunk.start);
        each(planned.chunk.lines);
        each(planned.chunk.arrival);
        each(planned.chunk.length);
        each(planned.chunk.reference);
        each(planned.format);
        each(planned.zoneMinutes);
        each(planned.header);
        each(planned.watermark);
        if (each.version() >= kWithSourceNames) each(planned.sourceName);
        if (each.version() >= kWithRetries) {
            each(planned.retry);
            each(planned.counted);
        }
    });
    io.list(plan.missing, 1, [](Io& each, auto& sequence) { each(sequence); });
    io(plan.lines);
    io(plan.lostLines);
    io(plan.bytes);
    io(plan.latenessMs);
    io(plan.engineVersion);
    io(plan.documentVersion);
    io(plan.agentRulesHash);
    io(plan.target.key);
    io(plan.target.url);
    io(plan.target.prefix);
    if (io.version() < kWithPrivacy) return;
    io(plan.privacy);
    io(plan.places);
}

template <class Io, class R> void walkRanges(Io& io, R& ranges) {
    io.list(ranges, 4, [](Io& each, auto& range) {
        each(range.chunk);
        each(range.offset);
        each(range.lines);
        each(range.reason);
    });
}

template <class Io, class P> void walkProgress(Io& io, P& p) {
    io(p.id);
    io(p.planned);
    io(p.chunks);
    for (auto* n : {&p.lines, &p.bytes, &p.parsed, &p.dead, &p.late}) io(*n);
    for (auto* n : {&p.inputRowsPerSecond, &p.processedRowsPerSecond, &p.latestOffsetMs, &p.walCommitMs, &p.addBatchMs, &p.commitMs,
                    &p.triggerMs, &p.schedulingDelayMs, &p.totalDelayMs})
        io(*n);
    for (auto* t : {&p.eventMin, &p.eventMax, &p.watermark, &p.oldestArrival}) io(*t);
    io(p.delivered);
    io(p.recovered);
}

} // namespace

std::string encodePlan(const Plan& plan) {
    Out out;
    walkPlan(out, plan);
    return out.finish();
}

Result<Plan> decodePlan(std::string_view bytes) {
    In in(bytes);
    Plan plan;
    walkPlan(in, plan);
    if (!in.finished()) return fail(ErrorCode::Corrupt, "a stored plan contradicts itself or is of an unknown version");
    return plan;
}

std::string encodeRanges(const std::vector<LineRange>& ranges) {
    Out out;
    walkRanges(out, ranges);
    return out.finish();
}

Result<std::vector<LineRange>> decodeRanges(std::string_view bytes) {
    In in(bytes);
    std::vector<LineRange> ranges;
    walkRanges(in, ranges);
    if (!in.finished()) return fail(ErrorCode::Corrupt, "the stored line ranges of a batch contradict themselves");
    return ranges;
}

std::string encodeProgress(const BatchProgress& progress) {
    Out out;
    walkProgress(out, progress);
    return out.finish();
}

Result<BatchProgress> decodeProgress(std::string_view bytes) {
    In in(bytes);
    BatchProgress progress;
    walkProgress(in, progress);
    if (!in.finished()) return fail(ErrorCode::Corrupt, "a stored progress record contradicts itself");
    return progress;
}

} // namespace sg
