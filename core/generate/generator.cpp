#include "core/generate/generator.h"

#include "core/generate/log_file.h"
#include "core/generate/malform.h"
#include "core/generate/pacer.h"
#include "core/generate/traffic_model.h"
#include "core/generate/weights.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sg {
namespace {

constexpr std::size_t kBufferBytes = 1U << 20U;
constexpr std::uint64_t kLinesPerStep = 8192;
constexpr std::int64_t kUnlimitedGapNs = 100'000; ///< between two lines without a schedule
constexpr Nanoseconds kFlushEvery{80'000'000};    ///< and a step is at most 20 ms late: 100 ms
constexpr Milliseconds kLongestWait{20};
constexpr Milliseconds kShortWait{5};
constexpr Nanoseconds kMaintainEvery{1'000'000'000};
constexpr Nanoseconds kRetryEvery{100'000'000};

std::string grouped(double number) {
    std::string digits = std::to_string(static_cast<std::uint64_t>(std::llround(std::max(0.0, number))));
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
    return digits;
}

/// Lines/s over the last second, or the last ten where there are few.
class RateMeter {
public:
    void add(SteadyTime now, std::uint64_t lines) {
        if (m_count > 0 && now - at(0).time < Milliseconds(100)) return;
        m_samples[m_next++ % m_samples.size()] = {now, lines};
        m_count = std::min(m_count + 1, m_samples.size());
    }
    [[nodiscard]] double rate(double expected) const {
        if (m_count < 2) return 0;
        const std::size_t span = std::min(m_count - 1, expected > 0 && expected < 50 ? m_samples.size() - 1 : std::size_t{10});
        const double seconds = std::chrono::duration<double>(at(0).time - at(span).time).count();
        return seconds > 0 ? static_cast<double>(at(0).lines - at(span).lines) / seconds : 0;
    }

private:
    struct Sample {
        SteadyTime time;
        std::uint64_t lines = 0;
    };
    [[nodiscard]] const Sample& at(std::size_t ago) const { return m_samples[(m_next - 1 - ago) % m_samples.size()]; }
    std::array<Sample, 101> m_samples{};
    std::size_t m_next = 0;
    std::size_t m_count = 0;
};

class PacedGenerator final : public Generator {
public:
    PacedGenerator(const Clock& clock, GeneratorOptions options, std::unique_ptr<LogFile> log, const Tuning& tuning)
        : m_clock(clock), m_options(std::move(options)), m_log(std::move(log)), m_pacer(clock.steady()), m_writer(tuning.log.format),
          m_faults(tuning.traffic.seed ^ 0x6D616C666F726DULL) {
        m_begin = m_lastFlush = m_lastMaintain = clock.steady();
        m_buffer.reserve(kBufferBytes + kMaxLineBytes);
        m_seed = tuning.traffic.seed;
        m_part.logPath = m_options.path;
        m_part.stage.state = StageState::Starting;
        adopt(tuning, m_begin);
    }

    Result<Milliseconds> step(const Tuning& tuning) override {
        const SteadyTime real = m_clock.steady();
        SteadyTime now = real;
        if (m_options.duration) now = std::min<SteadyTime>(now, m_begin + *m_options.duration);
        adopt(tuning, now);
        if (m_blocked && real - m_lastFlush >= kRetryEvery) SG_TRY(tryFlush(real));
        if (m_blocked) {
            refresh(now);
            return kLongestWait;
        }
        const std::uint64_t lines = wanted(now);
        m_model->setLoad(m_pacer.load(now));
        make(lines, now);
        m_produced += lines;
        if (!m_pacer.schedule().unlimited()) m_pacer.take(lines);
        m_ended = (m_options.count && m_produced >= *m_options.count) ||
                  (m_options.duration && real >= m_begin + *m_options.duration && owed(now) == 0);
        if (m_buffer.size() >= kBufferBytes || m_ended || real - m_lastFlush >= kFlushEvery) SG_TRY(tryFlush(real));
        if (m_log && (real - m_lastMaintain >= kMaintainEvery || m_log->compressing())) SG_TRY(maintain(real));
        refresh(now);
        return pause(now);
    }
    Status flush() override {
        SG_TRY(tryFlush(m_clock.steady()));
        if (!m_blocked) return {};
        return fail(m_blockedBy);
    }
    const GeneratorPart& part() const override { return m_part; }
    bool finished() const override { return m_ended && m_buffer.empty(); }

private:
    void adopt(const Tuning& tuning, SteadyTime now) {
        const bool first = !m_model;
        m_part.stage.appliedRevision = tuning.revision;
        if (!first && tuning.traffic == m_traffic && tuning.log == m_logTuning) return;
        const bool newModel = first || tuning.traffic.model != m_traffic.model;
        TrafficTuning traffic = tuning.traffic;
        traffic.seed = m_seed; // of the generator's start
        if (newModel)
            m_model = traffic.model == GeneratorModel::Uniform ? makeUniformModel(traffic, tuning.log.format)
                                                               : makeVisitorModel(traffic, tuning.log.format);
        else m_model->adopt(traffic, tuning.log.format);
        if (const std::string ignored = Weights(traffic, tuning.log.format).ignored; !ignored.empty())
            m_problems.raise("generate.weights", Severity::Warning, "these weights cannot be used: " + ignored,
                             "Statuses are numbers from 100 to 999, address ranges are like 10.0.0.0/8 or 2001:db8::/32.", m_clock.wall());
        else m_problems.resolve("generate.weights", m_clock.wall());
        m_pacer.follow(traffic, now);
        m_writer = LineWriter(tuning.log.format);
        m_malformed = Random::toThreshold(traffic.malformedShare);
        if (m_log) m_log->setPolicy({tuning.log.rotateBytes, tuning.log.rotation, tuning.log.keepRotated, tuning.log.gzipRotated});
        m_traffic = tuning.traffic;
        m_logTuning = tuning.log;
    }
    /// Lines due by the schedule alone.
    std::uint64_t owed(SteadyTime now) {
        if (!m_traffic.on || m_pacer.schedule().unlimited()) return 0;
        return m_pacer.due(now);
    }
    std::uint64_t wanted(SteadyTime now) {
        if (m_ended) return 0;
        if (!m_traffic.on) {
            m_pacer.skip(now);
            return 0;
        }
        std::uint64_t lines = kLinesPerStep;
        if (!m_pacer.schedule().unlimited()) lines = std::min(lines, m_pacer.due(now));
        else if (m_options.duration && now >= m_begin + *m_options.duration) lines = 0;
        if (m_options.count) lines = std::min(lines, *m_options.count - m_produced);
        return lines;
    }
    void make(std::uint64_t lines, SteadyTime now) {
        if (lines == 0) return;
        const bool counted = m_options.start && m_pacer.schedule().unlimited();
        Timestamp time = m_clock.wall();
        if (m_options.start)
            time.ns = m_options.start->ns + (counted ? static_cast<std::int64_t>(m_produced) * kUnlimitedGapNs : (now - m_begin).count());
        std::size_t size = m_buffer.size();
        Access access;
        for (std::uint64_t done = 0; done < lines;) {
            const std::uint64_t some = std::min<std::uint64_t>(lines - done, 64);
            m_buffer.resize(std::max(m_buffer.size(), size + some * kMaxLineBytes));
            char* out = m_buffer.data() + size;
            for (std::uint64_t i = 0; i < some; ++i) {
                m_model->next(access);
                char* const end = m_writer.write(out, access, time);
                out = m_malformed != 0 && m_faults.chance(m_malformed) ? malform(out, end, m_faults) : end;
                if (counted) time.ns += kUnlimitedGapNs;
            }
            size = static_cast<std::size_t>(out - m_buffer.data());
            done += some;
        }
        m_buffer.resize(size);
    }
    /// Writes the buffer. Only what cannot be waited for is an error.
    Status tryFlush(SteadyTime now) {
        m_lastFlush = now;
        Status status;
        if (!m_log) {
            if (m_buffer.empty()) return {};
            SG_TRY(m_options.sink(m_buffer));
            m_part.lines = m_produced;
            m_part.bytes += m_buffer.size();
            m_buffer.clear();
            return {};
        }
        status = m_log->write(m_buffer);
        m_part.lines = m_log->lines();
        m_part.bytes = m_log->bytes();
        return note(status, !m_buffer.empty());
    }
    Status maintain(SteadyTime now) {
        m_lastMaintain = now;
        return note(m_log->maintain(), m_blocked);
    }
    Status note(const Status& status, bool blocked) {
        m_blocked = !status && blocked;
        if (status) {
            m_problems.resolve("generate.disk_full", m_clock.wall());
            return {};
        }
        m_blockedBy = status.error();
        if (m_blockedBy.code == ErrorCode::Busy) return {};
        if (m_blockedBy.code != ErrorCode::DiskFull) return status;
        m_problems.raise("generate.disk_full", Severity::Warning, m_blockedBy.message,
                         "Free some space: the log goes on by itself, nothing is lost.", m_clock.wall());
        return {};
    }
    void refresh(SteadyTime now) {
        m_meter.add(m_clock.steady(), m_part.lines);
        const bool unlimited = m_pacer.schedule().unlimited();
        m_part.targetRate = !m_traffic.on || unlimited ? 0 : m_pacer.rate(now);
        m_part.achievedRate = m_meter.rate(m_part.targetRate);
        m_part.logSize = m_log ? m_log->size() : 0;
        m_part.rotations = m_log ? m_log->rotations() : 0;
        StageStatus& stage = m_part.stage;
        stage.rate = m_part.achievedRate;
        stage.problems = m_problems.rows();
        if (m_blocked) {
            stage.state = StageState::Waiting;
            stage.detail =
                m_blockedBy.code == ErrorCode::Busy ? "waiting until the log has been read, to truncate it" : "waiting: the disk is full";
            return;
        }
        if (finished()) {
            stage.state = StageState::Stopped;
            stage.detail = grouped(static_cast<double>(m_part.lines)) + " lines written";
            return;
        }
        stage.state = m_traffic.on ? StageState::Running : StageState::Paused;
        stage.detail = !m_traffic.on ? "switched off"
                       : unlimited   ? "as fast as possible"
                                     : "target " + grouped(m_part.targetRate) + " lines/s";
        if (m_pacer.leftOut() > 0) stage.detail += ", " + grouped(static_cast<double>(m_pacer.leftOut())) + " left out after a stall";
    }
    Milliseconds pause(SteadyTime now) {
        if (m_ended || !m_traffic.on) return kLongestWait;
        if (m_log && m_log->compressing()) return Milliseconds(1);
        if (m_pacer.schedule().unlimited() || m_pacer.due(now) > 0) return Milliseconds(0);
        return std::max(m_pacer.wait(now, kLongestWait), std::min(kShortWait, kLongestWait));
    }

    const Clock& m_clock;
    const GeneratorOptions m_options;
    std::unique_ptr<LogFile> m_log; ///< null = the sink
    std::unique_ptr<TrafficModel> m_model;
    Pacer m_pacer;
    LineWriter m_writer;
    Random m_faults;
    RateMeter m_meter;
    ProblemList m_problems;
    GeneratorPart m_part;
    TrafficTuning m_traffic;
    LogTuning m_logTuning;
    std::string m_buffer;
    std::uint64_t m_seed = 1;
    std::uint64_t m_malformed = 0;
    std::uint64_t m_produced = 0;
    bool m_ended = false;
    bool m_blocked = false; ///< the buffer cannot be written now
    Error m_blockedBy;
    SteadyTime m_begin, m_lastFlush, m_lastMaintain;
};

} // namespace

Result<std::unique_ptr<Generator>> Generator::open(FileSystem& files, const Clock& clock, GeneratorOptions options, const Tuning& tuning) {
    if (options.path.empty() && !options.sink)
        return fail(ErrorCode::InvalidArgument, "the generator was given neither a log file nor a sink");
    std::unique_ptr<LogFile> log;
    if (!options.path.empty()) {
        const LogTuning& t = tuning.log;
        SG_TRY_ASSIGN(log,
                      LogFile::open(files, options.path, {t.rotateBytes, t.rotation, t.keepRotated, t.gzipRotated}, options.mayDelete));
    }
    return std::unique_ptr<Generator>(std::make_unique<PacedGenerator>(clock, std::move(options), std::move(log), tuning));
}

} // namespace sg
