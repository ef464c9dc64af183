#include "core/batch/deliverer.h"

#include "core/base/fault.h"
#include "core/batch/busy_time.h"
#include "core/batch/document_reader.h"
#include "core/batch/letter_lane.h"
#include "core/batch/plan_privacy.h"
#include "core/batch/target.h"
#include "core/elastic/bulk.h"
#include "core/elastic/decide.h"
#include "core/elastic/gzip.h"
#include "core/elastic/identify.h"
#include "core/elastic/pace.h"
#include "core/elastic/setup.h"
#include "core/elastic/upkeep.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <list>
#include <random>

namespace sg {
namespace {

constexpr Milliseconds kIdleWait{1000};
constexpr Milliseconds kHandshakeTimeout{10'000};
constexpr Milliseconds kLanesEvery{1000};
constexpr Milliseconds kReadAgain{5000};
constexpr Milliseconds kCountEvery{200};
constexpr std::size_t kMinBody = 16U << 10U;
constexpr std::size_t kMaxSamples = 1000; ///< dead letters kept a batch and reason
constexpr std::size_t kQueue = 64;
constexpr std::size_t kReadAhead = 1; ///< bodies that are ready when an answer comes: the server does not wait for them to be read
constexpr std::size_t kMaxOpen = 32;        ///< batches read while an older one is not done
constexpr std::uint64_t kDropOpenShare = 8; ///< of a queue that drops: open batches beyond it are not joined by further ones
constexpr std::size_t kMaxLanes = 4;        ///< targets at a time: each has a connection and bodies
constexpr Milliseconds kSweepEvery{std::chrono::hours(1)};
// Of answers that are to no body; bodies never get there.
constexpr std::uint64_t kSweepNumber = ~0ULL;
constexpr std::uint64_t kLettersNumber = kSweepNumber - 1;
constexpr const char* kBlocked = "elastic.blocked:";
constexpr const char* kUnreached = "elastic.unreached";
constexpr const char* kTemplates = "elastic.templates";

/// A batch from its first body until its delivery is committed.
struct OpenBatch {
    OpenBatch(FileSystem& files, const DataDirectory& data, CommittedBatch committed,
              const std::function<std::string(SourceId)>& sourcePath, Enricher& enricher,
              const DelivererOptions& options)
        : batch(std::move(committed)), reader(files, data, batch, sourcePath, enricher, options.privacyKey,
                                              options.places ? options.places->named(batch.plan.places) : nullptr) {
        outcome.id = batch.plan.id;
        outcome.target = batch.plan.target.key;
    }
    CommittedBatch batch;
    DocumentReader reader;
    DeliveryCommit outcome;
    std::array<std::size_t, kReasonCount> samples{};
    std::size_t bodies = 0;
    bool maySentBefore = false;
};

struct Body {
    std::uint64_t number = 0;
    OpenBatch* batch = nullptr;
    BulkBody bulk;
    unsigned attempt = 0;
    SteadyTime notBefore{};
    SteadyTime sentAt{};
    std::uint64_t request = 0; ///< its number in the pace
    bool flying = false;
    bool blocked = false; ///< the server took none of it for a reason that a person can remove: the next probe
    bool mappingHeld = false;
};

/// What the lanes share.
struct Common {
    FileSystem& files;
    const Clock& clock;
    Store& store;
    const std::function<std::unique_ptr<Transport>(const std::string&)> makeTransport;
    const DelivererOptions options;
    Enricher enricher;
    std::mt19937 engine;
    OutputPart part;      ///< counters of all lanes
    bool changed = false; ///< a delivery was committed since the store was counted
    Gzip gzip = {};
    BusyTime busy = {};

    std::uint32_t random() { return static_cast<std::uint32_t>(engine()); }
};

/// One target: its connection, its batches in their order, its own cursor. What blocks one target holds back no other.
class Lane {
public:
    Lane(Common& common, Target target, std::string address)
        : m_common(common), m_files(common.files), m_clock(common.clock), m_store(common.store), m_options(common.options),
          m_part(common.part), m_target(std::move(target)), m_address(std::move(address)),
          m_letters(common.store, common.clock, m_target, [&common] { return common.random(); }) {
        m_connectAt = now();
    }

    /// Another user or password in the same address.
    void setAddress(const std::string& address);
    /// Takes the answers that came, and commits what they complete.
    Status takeAnswers();
    /// Connects, reads and sends what may be sent; `inFlight` requests at a time.
    Status work(const Tuning& tuning, std::uint32_t inFlight, bool isCurrent);

    [[nodiscard]] SteadyTime nextCall() const;
    [[nodiscard]] bool idle() const { return m_open.empty() && m_bodies.empty() && !m_letters.isFlying(); }
    [[nodiscard]] std::uint32_t flying() const;
    [[nodiscard]] bool isReady() const { return m_phase == Phase::Ready; }
    [[nodiscard]] bool isStarting() const { return m_connectAttempt == 0 && m_product.empty(); }
    [[nodiscard]] bool isBlocked() const { return !m_blockKey.empty(); }
    [[nodiscard]] const std::string& blockText() const { return m_blockText; }
    [[nodiscard]] const Pace& pace() const { return m_pace; }
    [[nodiscard]] const std::string& product() const { return m_product; }
    [[nodiscard]] const Target& target() const { return m_target; }
    [[nodiscard]] const std::vector<Problem>& problems() const { return m_problems.rows(); }

private:
    enum class Phase : std::uint8_t { Disconnected, Root, Health, SetUp, Ready };
    struct Arrived {
        std::uint64_t number = 0; ///< of the body; 0 = handshake, kSweepNumber, kLettersNumber
        HttpResponse response;
    };

    void send(HttpRequest request, std::uint64_t number);
    void connect(const Tuning& tuning);
    void handshake(const HttpResponse& response, const Tuning& tuning);
    [[nodiscard]] SetUpOptions wanted(const OutputTuning& output) const;
    void beginSetUp(const Tuning& tuning);
    void setUpAnswer(const HttpResponse& response);
    void ready();
    void sweep(const Tuning& tuning);
    void sweepAnswer(const HttpResponse& response);
    void notConnected(const std::string& key, Severity severity, const std::string& sentence, const std::string& advice, bool slow);
    void unanswered(const HttpResponse& response);
    void disconnect();
    Status readBodies(const Tuning& tuning, bool isCurrent);
    [[nodiscard]] bool holdsEnough(const SplitTuning& queue, bool isCurrent) const;
    Result<bool> openNext();
    Result<bool> fillBody(OpenBatch& open);
    Status sendDue(const Tuning& tuning);
    Status bulkAnswer(Body& body, const HttpResponse& response);
    void takeItems(Body& body, const BulkDecision& decision);
    void again(Body& body);
    void split(Body& body);
    void reject(Body& body, std::size_t place, Reason reason, std::string detail);
    void keepLetter(OpenBatch& open, DeadLetter letter);
    void block(Body& body, const std::string& kind, Severity severity, const std::string& sentence, const std::string& advice);
    void passed(Body& body);
    void unblock();
    Status commitFinished();
    std::uint32_t random() { return m_common.random(); }
    SteadyTime now() const { return m_clock.steady(); }

    Common& m_common;
    FileSystem& m_files;
    const Clock& m_clock;
    Store& m_store;
    const DelivererOptions& m_options;
    OutputPart& m_part;
    const Target m_target;
    std::string m_address; ///< as given to makeTransport
    std::string m_product; ///< empty before it is known
    ProblemList m_problems;

    LetterLane m_letters;
    std::deque<Arrived> m_arrived;
    std::deque<HttpResponse> m_handshakes; ///< answers that wait for the tuning
    Phase m_phase = Phase::Disconnected;
    bool m_shaking = false; ///< a handshake's answer is awaited
    std::unique_ptr<SetUp> m_setUp;
    std::optional<SetUpOptions> m_wanted; ///< by the last set-up
    std::unique_ptr<Sweep> m_sweep; ///< of old indices, while it runs
    SteadyTime m_sweepAt{};
    unsigned m_connectAttempt = 0;
    SteadyTime m_connectAt{};
    std::string m_connectKey;

    std::deque<BatchId> m_queue;
    BatchId m_lastOpened;
    std::list<std::unique_ptr<OpenBatch>> m_open; ///< ascending
    std::list<std::unique_ptr<Body>> m_bodies;
    std::uint64_t m_bodyNumber = 0;
    Pace m_pace;
    SteadyTime m_readAt{};
    SteadyTime m_commitAt{};

    std::string m_blockKey; ///< empty = not blocked
    std::string m_blockText;
    unsigned m_blockAttempt = 0;
    SteadyTime m_probeAt{};
    std::uint32_t m_mayFly = 1;
    bool m_held = false;                    ///< by the Tuning
    std::unique_ptr<Transport> m_transport; // last: what it still holds refers to the members above
};

class BulkDeliverer final : public Deliverer {
public:
    BulkDeliverer(FileSystem& files, const Clock& clock, Store& store,
                  std::function<std::unique_ptr<Transport>(const std::string&)> makeTransport, DelivererOptions options)
        : m_common{files,
                   clock,
                   store,
                   std::move(makeTransport),
                   options,
                   Enricher(options.agentRules),
                   std::mt19937(static_cast<std::mt19937::result_type>(options.jitterSeed)),
                   {},
                   false} {}

    Result<Milliseconds> pump(const Tuning& tuning) override;
    const OutputPart& part() const override { return m_common.part; }
    bool idle() const override {
        return m_common.part.undelivered == 0 && m_common.part.lettersWaiting == 0 && std::all_of(m_lanes.begin(), m_lanes.end(), [](const auto& lane) { return lane->idle(); });
    }

private:
    Status chooseLanes(const Target& current, const std::string& address);
    [[nodiscard]] Lane* laneOf(const std::string& key) const;
    Status count();
    void describe(const Tuning& tuning, const Target& current);
    SteadyTime now() const { return m_common.clock.steady(); }

    Common m_common;
    std::vector<std::unique_ptr<Lane>> m_lanes; ///< those of older targets first
    std::string m_currentKey;
    SteadyTime m_chosenAt{};
    bool m_chosen = false;
    SteadyTime m_countedAt{};
    bool m_counted = false;
    SteadyTime m_rateAt{};
    std::uint64_t m_rateFrom = 0;
};

void Lane::send(HttpRequest request, std::uint64_t number) {
    m_transport->send(std::move(request), [this, number](HttpResponse response) { m_arrived.push_back({number, std::move(response)}); });
}

void Lane::disconnect() {
    m_transport.reset(); // answers on their way are dropped
    m_arrived.clear();
    m_handshakes.clear();
    m_phase = Phase::Disconnected;
    m_shaking = false;
    m_setUp.reset();
    m_sweep.reset();
    m_letters.lost();
    for (const auto& body : m_bodies) {
        if (!body->flying) continue;
        body->flying = false;
        m_common.busy.end(now());
        for (BulkItem& item : body->bulk.items()) item.maybeSent = true;
    }
}

void Lane::connect(const Tuning& tuning) {
    if (m_shaking || now() < m_connectAt) return;
    if (!m_transport) m_transport = m_common.makeTransport(m_address);
    m_phase = Phase::Root;
    m_shaking = true;
    HttpRequest request;
    request.path = "/";
    request.timeout = std::min(tuning.output.timeout, kHandshakeTimeout);
    send(std::move(request), 0);
}

void Lane::notConnected(const std::string& key, Severity severity, const std::string& sentence, const std::string& advice, bool slow) {
    if (!m_connectKey.empty() && m_connectKey != key) m_problems.resolve(m_connectKey, m_clock.wall());
    m_connectKey = key;
    m_problems.raise(key, severity, sentence, advice, m_clock.wall());
    m_phase = Phase::Disconnected;
    m_connectAt = now() + (slow ? probeWait(m_connectAttempt, random()) : backoff(m_connectAttempt, random()));
    ++m_connectAttempt;
}

/// A bulk request got no answer. Where nothing is connected that is known already, and a handshake may be under way again.
void Lane::unanswered(const HttpResponse& response) {
    if (m_phase != Phase::Ready) return;
    notConnected(kUnreached, Severity::Warning, m_target.url + ' ' + silenceOf(response), "What is to be delivered waits on disk.", false);
}

SetUpOptions Lane::wanted(const OutputTuning& output) const {
    SetUpOptions options;
    options.prefix = m_target.prefix;
    options.settings = {output.refresh, output.shards, output.replicas, {}};
    options.retention = output.retention;
    return options;
}

void Lane::beginSetUp(const Tuning& tuning) {
    if (!tuning.output.templates) return ready();
    m_wanted = wanted(tuning.output);
    m_setUp = std::make_unique<SetUp>(*m_wanted);
    m_phase = Phase::SetUp;
    m_shaking = true;
    send(*m_setUp->next(), 0);
}

void Lane::setUpAnswer(const HttpResponse& response) {
    m_setUp->take(response);
    if (auto request = m_setUp->next()) {
        m_shaking = true;
        return send(std::move(*request), 0);
    }
    const std::unique_ptr<SetUp> done = std::move(m_setUp);
    if (const auto& failure = done->failure()) {
        if (failure->status == 401)
            return notConnected(std::string(kBlocked) + "authentication", Severity::Error,
                                m_target.url + " does not accept the credentials: " + errorOf(*failure),
                                "Check them; what is to be delivered waits on disk. They go only to the address that the settings name.", true);
        return notConnected(kUnreached, Severity::Warning,
                            m_target.url + ' ' + (failure->status == 0 ? silenceOf(*failure) : "answers " + errorOf(*failure)),
                            "What is to be delivered waits on disk.", false);
    }
    if (const SetUpRow* row = done->obstacle())
        return notConnected(std::string(kBlocked) + "template", Severity::Error, m_target.url + ", " + row->what + ": " + row->detail,
                            row->advice + " Delivery goes on by itself.", true);
    for (const SetUpRow& row : done->rows())
        if (row.state == SetUpRow::State::Forbidden)
            m_problems.raise(kTemplates, Severity::Warning, m_target.url + ", " + row.what + ": " + row.detail + "; documents are sent all the same",
                             row.advice, m_clock.wall());
    if (!done->isForbidden()) m_problems.resolve(kTemplates, m_clock.wall());
    ready();
}

void Lane::ready() {
    m_phase = Phase::Ready;
    m_pace.connected();
    m_connectAttempt = 0;
    if (!m_connectKey.empty()) m_problems.resolve(m_connectKey, m_clock.wall());
    m_connectKey.clear();
}

/// Once an hour, and only after having been told to.
void Lane::sweep(const Tuning& tuning) {
    if (tuning.output.retention.count() <= 0 || m_sweep || now() < m_sweepAt) return;
    m_sweepAt = now() + kSweepEvery;
    m_sweep = std::make_unique<Sweep>(m_target.prefix, tuning.output.retention, m_clock.wall());
    if (auto request = m_sweep->next()) send(std::move(*request), kSweepNumber);
}

void Lane::sweepAnswer(const HttpResponse& response) {
    if (!m_sweep) return;
    m_sweep->take(response);
    if (auto request = m_sweep->next()) return send(std::move(*request), kSweepNumber);
    const std::unique_ptr<Sweep> done = std::move(m_sweep);
    std::string names;
    for (const std::string& name : done->deleted()) names += (names.empty() ? "" : ", ") + name;
    if (!names.empty())
        m_problems.raise("elastic.retention", Severity::Info, "deleted at " + m_target.url + ", as older than output.retention: " + names, {},
                         m_clock.wall());
    for (const SetUpRow& row : done->rows())
        m_problems.raise("elastic.retention:" + row.what, Severity::Warning, m_target.url + ", " + row.what + ": " + row.detail, row.advice,
                         m_clock.wall());
}

void Lane::handshake(const HttpResponse& response, const Tuning& tuning) {
    m_shaking = false;
    if (m_phase == Phase::SetUp) return setUpAnswer(response);
    const Identity identity = m_phase == Phase::Health ? identifyHealth(response, m_target.url) : identifyRoot(response, m_target.url);
    switch (identity.kind) {
    case Identity::Kind::Fit:
        m_product = identity.product;
        beginSetUp(tuning);
        return;
    case Identity::Kind::AskHealth: {
        HttpRequest request;
        request.path = kHealthPath;
        request.timeout = std::min(tuning.output.timeout, kHandshakeTimeout);
        m_phase = Phase::Health;
        m_shaking = true;
        send(std::move(request), 0);
        return;
    }
    case Identity::Kind::Unreached:
        notConnected(kUnreached, Severity::Warning, identity.sentence, identity.advice, false);
        return;
    case Identity::Kind::Refused:
        notConnected(std::string(kBlocked) + "authentication", Severity::Error, identity.sentence, identity.advice, true);
        return;
    case Identity::Kind::Other:
        notConnected("elastic.identity", Severity::Error, identity.sentence, identity.advice, true);
        return;
    }
}

void Lane::setAddress(const std::string& address) {
    if (m_address == address) return;
    disconnect();
    m_address = address;
    m_connectAt = m_probeAt = now();
    for (const auto& body : m_bodies)
        if (body->blocked) body->notBefore = now();
}

/// False: there is none, or it cannot be claimed now.
Result<bool> Lane::openNext() {
    while (true) {
        if (m_queue.empty()) {
            SG_TRY_ASSIGN(const std::vector<BatchId> ids, m_store.undelivered(m_target.key, m_lastOpened, kQueue));
            m_queue.assign(ids.begin(), ids.end());
            if (m_queue.empty()) return false;
        }
        const BatchId id = m_queue.front();
        auto committed = m_store.committedBatch(id);
        if (!committed && committed.error().code != ErrorCode::NotFound) return fail(committed.error());
        bool waits = false; // or it was abandoned, and perhaps forgotten, since it was listed
        if (committed) {
            const auto marked = m_store.markSent(id, m_target.key);
            if (!marked) {
                if (marked.error().code != ErrorCode::DiskFull && marked.error().code != ErrorCode::Busy) return fail(marked.error());
                m_readAt = now() + kIdleWait;
                return false;
            }
            waits = *marked;
        }
        m_queue.pop_front();
        m_lastOpened = id;
        if (!waits) continue;
        auto open = std::make_unique<OpenBatch>(m_files, m_options.data, std::move(*committed), m_options.sourcePath, m_common.enricher,
                                                m_options);
        open->maySentBefore = open->batch.maySentBefore;
        m_open.push_back(std::move(open));
        return true;
    }
}

void Lane::keepLetter(OpenBatch& open, DeadLetter letter) {
    ++open.outcome.rejected;
    if (open.samples[static_cast<std::size_t>(letter.reason)]++ >= kMaxSamples) {
        ++open.outcome.notKept;
        return;
    }
    letter.time = m_clock.wall();
    open.outcome.deadLetters.push_back(std::move(letter));
}

/// Fills and queues one body; false when the batch has no more.
Result<bool> Lane::fillBody(OpenBatch& open) {
    auto body = std::make_unique<Body>();
    body->bulk = BulkBody(m_pace.bodyBytes());
    std::vector<DeadLetter> unreadable;
    const Status filled = open.reader.fill(body->bulk, unreadable);
    for (DeadLetter& letter : unreadable) keepLetter(open, std::move(letter));
    if (!filled) {
        m_problems.raise("elastic.read", Severity::Warning, "cannot read what is to be delivered: " + filled.error().message,
                         "It is tried again every few seconds.", m_clock.wall());
        m_readAt = now() + kReadAgain;
    } else {
        m_problems.resolve("elastic.read", m_clock.wall());
    }
    if (body->bulk.empty()) return false;
    body->number = ++m_bodyNumber;
    body->batch = &open;
    ++open.bodies;
    m_bodies.push_back(std::move(body));
    return true;
}

/// What is open cannot be abandoned any more: a queue that drops must not be full of it.
bool Lane::holdsEnough(const SplitTuning& queue, bool isCurrent) const {
    if (queue.whenFull != WhenFull::Drop || m_open.empty()) return false;
    if (!isCurrent) return true;
    std::uint64_t bytes = 0;
    for (const auto& open : m_open) bytes += open->batch.plan.queueBytes();
    return bytes >= queue.queueBytes / kDropOpenShare;
}

Status Lane::readBodies(const Tuning& tuning, bool isCurrent) {
    while (m_bodies.size() < m_mayFly + kReadAhead && now() >= m_readAt) {
        if (m_open.empty() || m_open.back()->reader.atEnd()) {
            if (m_open.size() >= kMaxOpen || holdsEnough(tuning.split, isCurrent)) return {};
            SG_TRY_ASSIGN(const bool opened, openNext());
            if (!opened) return {};
        }
        SG_TRY_ASSIGN(const bool filled, fillBody(*m_open.back()));
        if (!filled) SG_TRY(commitFinished()); // a batch without documents
    }
    return {};
}

Status Lane::sendDue(const Tuning& tuning) {
    auto flying = static_cast<std::uint32_t>(std::count_if(m_bodies.begin(), m_bodies.end(), [](const auto& b) { return b->flying; }));
    const bool probing = !m_blockKey.empty();
    if (probing && (flying > 0 || now() < m_probeAt)) return {};
    for (const auto& body : m_bodies) {
        if (flying >= m_mayFly) return {};
        if (body->flying || now() < body->notBefore || (probing && !body->blocked)) continue;
        OpenBatch& open = *body->batch;
        HttpRequest request;
        request.method = "POST";
        request.path = kBulkPath;
        if (tuning.output.gzip) request.body = m_common.gzip.compress(body->bulk.text());
        if (request.body.empty()) request.body = body->bulk.text();
        else request.headers.emplace_back("Content-Encoding", "gzip");
        request.contentType = "application/x-ndjson";
        request.timeout = tuning.output.timeout;
        m_part.sentBytes += request.body.size();
        open.outcome.sent += body->bulk.size();
        m_part.sent += body->bulk.size();
        body->flying = true;
        body->sentAt = now();
        body->request = m_pace.sent();
        m_common.busy.begin(body->sentAt);
        ++flying;
        SG_FAULT_POINT("deliver.send.before");
        send(std::move(request), body->number);
        SG_FAULT_POINT("deliver.send.after");
        if (probing) return {};
    }
    return {};
}

void Lane::again(Body& body) {
    body.notBefore = now() + backoff(body.attempt, random());
    ++body.attempt;
    ++m_part.retries;
}

/// Puts the second half behind the body as one of its own.
void Lane::split(Body& body) {
    auto second = std::make_unique<Body>();
    second->number = ++m_bodyNumber;
    second->batch = body.batch;
    second->bulk = body.bulk.splitOff();
    second->attempt = body.attempt;
    second->notBefore = body.notBefore;
    second->blocked = body.blocked;
    second->mappingHeld = body.mappingHeld;
    ++body.batch->bodies;
    const auto at = std::find_if(m_bodies.begin(), m_bodies.end(), [&](const auto& b) { return b.get() == &body; });
    m_bodies.insert(std::next(at), std::move(second));
}

void Lane::reject(Body& body, std::size_t place, Reason reason, std::string detail) {
    OpenBatch& open = *body.batch;
    const Plan& plan = open.batch.plan;
    const BulkItem& item = body.bulk.items()[place];
    const ChunkRef& chunk = plan.chunks[item.chunk].chunk;
    DeadLetter letter;
    letter.batch = plan.id;
    letter.reason = reason;
    letter.detail = std::move(detail);
    letter.sourcePath = m_options.sourcePath ? m_options.sourcePath(chunk.source) : std::string();
    if (plan.privacy.empty())
        letter.raw = readLineAt(m_files, placeOf(chunk, letter.sourcePath, m_options.data), item.lineOffset, chunk.length.value);
    else leaveRawOut(letter);
    letter.offset = chunk.start.value + item.lineOffset;
    letter.documentId = body.bulk.id(place);
    letter.target = plan.target.key;
    keepLetter(open, std::move(letter));
}

void Lane::block(Body& body, const std::string& kind, Severity severity, const std::string& sentence, const std::string& advice) {
    const std::string key = kBlocked + kind;
    if (m_blockKey != key) {
        if (!m_blockKey.empty()) m_problems.resolve(m_blockKey, m_clock.wall());
        m_blockAttempt = 0;
        m_blockKey = key;
    }
    m_blockText = m_target.url + ' ' + sentence;
    m_problems.raise(key, severity, m_blockText, advice, m_clock.wall());
    m_probeAt = now() + probeWait(m_blockAttempt++, random());
    body.blocked = true;
    body.notBefore = m_probeAt;
}

/// The body is blocked no more; the pause ends with the last that was.
void Lane::passed(Body& body) {
    body.blocked = false;
    if (std::none_of(m_bodies.begin(), m_bodies.end(), [](const auto& b) { return b->blocked; })) unblock();
}

void Lane::unblock() {
    if (m_blockKey.empty()) return;
    m_problems.resolve(m_blockKey, m_clock.wall());
    m_blockKey.clear();
    m_blockAttempt = 0;
}

void Lane::takeItems(Body& body, const BulkDecision& decision) {
    OpenBatch& open = *body.batch;
    std::vector<std::uint32_t> left, shortened;
    bool blocked = false, collided = false, held = false;
    std::string collision;
    auto error = decision.errors.begin();
    for (std::uint32_t i = 0; i < decision.items.size(); ++i) {
        BulkItem& item = body.bulk.items()[i];
        while (error != decision.errors.end() && error->item < i) ++error;
        switch (decision.items[i]) {
        case ItemOutcome::Created:
            ++open.outcome.created;
            continue;
        case ItemOutcome::Conflict:
            if (!item.collided && (open.maySentBefore || item.maybeSent)) {
                ++open.outcome.duplicate;
                continue;
            }
            item.collided = collided = true;
            if (collision.empty()) collision = body.bulk.id(i);
            break;
        case ItemOutcome::Shorten:
            if (!item.shortened) {
                if (shortened.empty())
                    m_problems.raise("elastic.names", Severity::Info,
                                     m_target.url + " takes no more names of fields: " + error->reason + "; lines that bring new ones lose their labels there",
                                     "Read the keys that matter by name (json:...), or raise index.mapping.total_fields.limit.", m_clock.wall());
                shortened.push_back(static_cast<std::uint32_t>(left.size()));
                break;
            }
            [[fallthrough]];
        case ItemOutcome::Reject:
            reject(body, i, Reason::RejectedByServer, error->type + ": " + error->reason);
            continue;
        case ItemOutcome::Unknown:
            item.maybeSent = true;
            break;
        case ItemOutcome::Blocked:
            blocked = true;
            break;
        case ItemOutcome::Retry:
            break;
        }
        left.push_back(i);
    }
    held = blocked && decision.kind == "mapping";
    if (left.size() != body.bulk.size()) {
        body.bulk.keep(left);
        body.attempt = 0; // the server takes some: it is busy, not away
    }
    if (!shortened.empty()) body.bulk.shorten(shortened);
    body.mappingHeld = held;
    if (collided) {
        block(body, "collision", Severity::Error,
              "has a document with the id " + collision + " that was never sent from here: document id collision",
              "Another data directory with the same stream writes to these indices: give one of them another index prefix. Nothing was "
              "overwritten; delivery goes on by itself when the other document is gone.");
    } else if (blocked) {
        block(body, decision.kind, Severity::Error, decision.sentence, decision.advice);
    } else {
        passed(body);
        if (!left.empty()) again(body);
    }
}

Status Lane::bulkAnswer(Body& body, const HttpResponse& response) {
    body.flying = false;
    m_common.busy.end(now());
    m_part.latencyMs = std::chrono::duration<double, std::milli>(now() - body.sentAt).count();
    m_part.latency.addMs(m_part.latencyMs);
    ++m_part.answers[response.status];
    SG_FAULT_POINT("deliver.answer");
    const BulkDecision decision = decideBulk(response, body.bulk.size(), body.mappingHeld);
    const auto unknown = [&] {
        for (BulkItem& item : body.bulk.items()) item.maybeSent = true;
    };
    switch (decision.whole) {
    case BulkDecision::Whole::Items:
        m_problems.resolve("elastic.answers", m_clock.wall());
        if (std::find(decision.items.begin(), decision.items.end(), ItemOutcome::Retry) == decision.items.end()) m_pace.taken();
        else m_pace.overloaded(body.request);
        takeItems(body, decision);
        break;
    case BulkDecision::Whole::Retry:
        m_problems.raise("elastic.answers", Severity::Warning, m_target.url + ' ' + decision.sentence,
                         "Delivery goes on with smaller and fewer requests; give the server more memory if it stays like this.", m_clock.wall());
        m_pace.overloaded(body.request);
        again(body);
        if (body.bulk.size() > 1 && body.bulk.text().size() > kMinBody) {
            --body.attempt; // half of it may well pass: the wait need not grow yet
            split(body);
        }
        break;
    case BulkDecision::Whole::Unknown:
        if (response.timedOut) m_pace.overloaded(body.request);
        unknown();
        again(body);
        if (response.status == 0) {
            unanswered(response);
        } else {
            m_problems.raise("elastic.answers", Severity::Warning, m_target.url + ' ' + decision.sentence, "It is tried again by itself.",
                             m_clock.wall());
        }
        break;
    case BulkDecision::Whole::Split:
        m_pace.tooLarge(body.bulk.text().size());
        if (body.bulk.size() > 1) {
            split(body);
        } else {
            reject(body, 0, Reason::TooLarge, errorOf(response));
            body.bulk.keep({});
            passed(body);
        }
        break;
    case BulkDecision::Whole::Broken:
        unknown();
        block(body, decision.kind, Severity::Error, decision.sentence, decision.advice);
        break;
    case BulkDecision::Whole::Blocked:
        block(body, decision.kind, Severity::Error, decision.sentence, decision.advice);
        break;
    }
    return {};
}

Status Lane::commitFinished() {
    while (!m_open.empty() && now() >= m_commitAt) {
        OpenBatch& open = *m_open.front();
        if (!open.reader.atEnd() || open.bodies > 0) return {};
        DeliveryCommit& outcome = open.outcome;
        const std::uint64_t known = outcome.created + outcome.duplicate + outcome.rejected;
        const std::string name = "batch " + std::to_string(outcome.id.value);
        outcome.abandoned = 0;
        if (known < open.batch.parsed) {
            outcome.abandoned = open.batch.parsed - known;
            m_problems.raise("elastic.lost", Severity::Error,
                             name + ": " + std::to_string(outcome.abandoned) +
                                 " lines vanished from their chunks before they were delivered",
                             "Something other than Streamgauge changes the chunks or the imported files.", m_clock.wall());
        } else if (known > open.batch.parsed) {
            m_problems.raise("elastic.more", Severity::Error,
                             name + ": " + std::to_string(known - open.batch.parsed) + " more lines were delivered than were counted",
                             "Something other than Streamgauge changes the chunks or the imported files.", m_clock.wall());
        }
        if (const Status done = m_store.commitDelivery(outcome); !done) {
            if (done.error().code != ErrorCode::DiskFull && done.error().code != ErrorCode::Busy) return done;
            m_problems.raise("elastic.commit", Severity::Warning, done.error().message, "Free some space; delivery goes on by itself.",
                             m_clock.wall());
            m_commitAt = now() + kIdleWait;
            return {};
        }
        m_problems.resolve("elastic.commit", m_clock.wall());
        m_part.created += outcome.created;
        m_part.duplicate += outcome.duplicate;
        m_part.rejected += outcome.rejected;
        m_open.pop_front();
        m_common.changed = true;
        if (m_options.delivered) m_options.delivered();
    }
    return {};
}

std::uint32_t Lane::flying() const {
    return static_cast<std::uint32_t>(std::count_if(m_bodies.begin(), m_bodies.end(), [](const auto& b) { return b->flying; }));
}

SteadyTime Lane::nextCall() const {
    SteadyTime next = now() + kIdleWait;
    if (m_phase != Phase::Ready) return m_shaking ? next : std::min(next, m_connectAt);
    const bool probing = !m_blockKey.empty();
    if (!m_held && !probing && !m_letters.isFlying() && m_common.part.lettersWaiting > 0) next = std::min(next, m_letters.due());
    // A body that may not leave before an answer came is no reason to look at the clock.
    if (m_held || flying() >= (probing ? 1 : m_mayFly)) return next;
    for (const auto& body : m_bodies)
        if (!body->flying && (!probing || body->blocked))
            next = std::min(next, probing ? std::max(m_probeAt, body->notBefore) : body->notBefore);
    return next;
}

Status Lane::takeAnswers() {
    while (!m_arrived.empty()) {
        Arrived arrived = std::move(m_arrived.front());
        m_arrived.pop_front();
        if (arrived.number == 0) {
            m_handshakes.push_back(std::move(arrived.response));
            continue;
        }
        if (arrived.number == kSweepNumber) {
            sweepAnswer(arrived.response);
            continue;
        }
        if (arrived.number == kLettersNumber) {
            m_common.changed = true;
            SG_TRY(m_letters.answer(arrived.response, m_problems));
            if (arrived.response.status == 0) unanswered(arrived.response);
            continue;
        }
        const auto at = std::find_if(m_bodies.begin(), m_bodies.end(), [&](const auto& b) { return b->number == arrived.number; });
        if (at == m_bodies.end()) continue;
        SG_TRY(bulkAnswer(**at, arrived.response));
        if ((*at)->bulk.empty()) {
            --(*at)->batch->bodies;
            m_bodies.erase(at);
        }
    }
    return commitFinished();
}

Status Lane::work(const Tuning& tuning, std::uint32_t inFlight, bool isCurrent) {
    m_pace.setLimits({kMinBody, tuning.output.bulkBytes, inFlight});
    m_mayFly = m_pace.inFlight();
    while (!m_handshakes.empty()) {
        const HttpResponse response = std::move(m_handshakes.front());
        m_handshakes.pop_front();
        handshake(response, tuning);
    }
    if (m_phase != Phase::Ready) {
        connect(tuning);
        return {};
    }
    if (isCurrent && tuning.output.templates && m_wanted != wanted(tuning.output)) { // changed meanwhile, or switched on
        beginSetUp(tuning);
        return {};
    }
    if (isCurrent) sweep(tuning);
    m_held = tuning.output.hold;
    if (m_held) return {};
    if (!m_blockKey.empty()) return sendDue(tuning);
    // Letters are few (a batch keeps 1,000 a reason) and go first, in a request of their own beside those of the documents.
    SG_TRY_ASSIGN(std::optional<HttpRequest> letters, m_letters.next(tuning.output));
    if (letters) send(std::move(*letters), kLettersNumber);
    SG_TRY(readBodies(tuning, isCurrent));
    return sendDue(tuning);
}

Lane* BulkDeliverer::laneOf(const std::string& key) const {
    const auto at = std::find_if(m_lanes.begin(), m_lanes.end(), [&](const auto& lane) { return lane->target().key == key; });
    return at == m_lanes.end() ? nullptr : at->get();
}

/// One for the current target, and one for each older one that batches wait for, the longest waiting first.
Status BulkDeliverer::chooseLanes(const Target& current, const std::string& address) {
    const bool isNew = current.key != m_currentKey;
    if (m_chosen && !isNew && now() - m_chosenAt < kLanesEvery) {
        laneOf(current.key)->setAddress(address);
        return {};
    }
    SG_TRY_ASSIGN(auto waiting, m_common.store.waitingTargets());
    SG_TRY_ASSIGN(const std::vector<std::string> ofLetters, m_common.store.letterTargets());
    for (const std::string& key : ofLetters)
        if (std::none_of(waiting.begin(), waiting.end(), [&](const auto& each) { return each.first.key == key; }))
            waiting.emplace_back(targetOfKey(key), BatchId{std::numeric_limits<std::uint64_t>::max()});
    std::sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto waits = [&](const Lane& lane) {
        return std::any_of(waiting.begin(), waiting.end(), [&](const auto& each) { return each.first.key == lane.target().key; });
    };
    std::erase_if(m_lanes, [&](const auto& lane) { return lane->target().key != current.key && lane->idle() && !waits(*lane); });
    for (const auto& [target, oldest] : waiting)
        if (target.key != current.key && laneOf(target.key) == nullptr && m_lanes.size() < kMaxLanes)
            m_lanes.push_back(std::make_unique<Lane>(m_common, target, target.url));
    // A user and password in the address belong to the transport alone.
    if (Lane* lane = laneOf(current.key)) lane->setAddress(address);
    else m_lanes.push_back(std::make_unique<Lane>(m_common, current, address));
    std::stable_partition(m_lanes.begin(), m_lanes.end(), [&](const auto& lane) { return lane->target().key != current.key; });
    m_currentKey = current.key;
    m_chosenAt = now();
    m_chosen = true;
    return {};
}

Status BulkDeliverer::count() {
    OutputPart& part = m_common.part;
    const bool atOnce = m_common.changed || std::all_of(m_lanes.begin(), m_lanes.end(), [](const auto& lane) { return lane->idle(); });
    if (!atOnce && m_counted && now() - m_countedAt < kCountEvery) return {};
    m_common.changed = false;
    m_counted = true;
    m_countedAt = now();
    SG_TRY_ASSIGN(part.undelivered, m_common.store.undeliveredLines());
    SG_TRY_ASSIGN(part.batchesWaiting, m_common.store.undeliveredBatches());
    SG_TRY_ASSIGN(part.lettersWaiting, m_common.store.lettersWaiting());
    const double seconds = std::chrono::duration<double>(now() - m_rateAt).count();
    if (seconds >= 1) {
        const std::uint64_t done = part.created + part.duplicate;
        part.stage.rate = static_cast<double>(done - m_rateFrom) / seconds;
        part.busyShare = std::min(1.0, std::chrono::duration<double>(m_common.busy.take(now())).count() / seconds);
        m_rateFrom = done;
        m_rateAt = now();
    }
    return {};
}

void BulkDeliverer::describe(const Tuning& tuning, const Target& current) {
    OutputPart& part = m_common.part;
    StageStatus& stage = part.stage;
    stage.appliedRevision = tuning.revision;
    stage.problems.clear();
    part.inFlight = 0;
    const Lane* stuck = nullptr; // an older target that takes nothing
    for (const auto& lane : m_lanes) {
        const bool isCurrent = lane->target().key == m_currentKey;
        for (Problem problem : lane->problems()) {
            if (!isCurrent) problem.key += ':' + lane->target().key;
            stage.problems.push_back(std::move(problem));
        }
        part.inFlight += lane->flying();
        if (!isCurrent && (lane->isBlocked() || (!lane->isReady() && !lane->isStarting()))) stuck = lane.get();
    }
    const Lane* lane = laneOf(current.key);
    part.target = current.url;
    part.product = lane == nullptr ? std::string() : lane->product();
    part.bodyBytes = lane == nullptr ? 0 : lane->pace().bodyBytes();
    part.mayFly = lane == nullptr ? 0 : lane->pace().inFlight();
    const bool letters = part.batchesWaiting == 0 && part.lettersWaiting > 0; // and nothing else
    const std::uint64_t count = letters ? part.lettersWaiting : part.batchesWaiting;
    const char* thing = letters ? "dead letter" : "batch";
    const std::string waiting = count == 1 ? std::string("1 ") + thing + " waits on disk"
                                           : std::to_string(count) + ' ' + thing + (letters ? "s" : "es") + " wait on disk";
    if (lane == nullptr) {
        stage.state = StageState::Off;
        stage.detail = count == 0 ? "Off: results stay here" : "Off: " + waiting + " for their address";
    } else if (tuning.output.hold) {
        stage.state = StageState::Paused;
        stage.detail = "Held back: " + waiting;
    } else if (!lane->isReady()) {
        stage.state = lane->isStarting() ? StageState::Starting : StageState::Waiting;
        stage.detail = "Not connected: " + waiting;
    } else if (lane->isBlocked()) {
        stage.state = StageState::Waiting;
        stage.detail = "Paused: " + lane->blockText();
    } else if (stuck != nullptr) {
        stage.state = StageState::Waiting;
        stage.detail =
            "An earlier target is paused: " + (stuck->isBlocked() ? stuck->blockText() : stuck->target().url + " does not answer");
    } else if (part.batchesWaiting > 2) {
        stage.state = StageState::Behind;
        stage.detail = "Catching up: " + waiting;
    } else {
        stage.state = StageState::Running;
        stage.detail = part.undelivered > 0      ? std::to_string(part.undelivered) + " documents on their way"
                       : part.lettersWaiting > 1 ? std::to_string(part.lettersWaiting) + " dead letters on their way"
                       : part.lettersWaiting > 0 ? "1 dead letter on its way"
                                                 : "Everything is delivered";
    }
}

Result<Milliseconds> BulkDeliverer::pump(const Tuning& tuning) {
    const Target current = targetOf(tuning.output);
    const bool off = current.key.empty();
    for (const auto& lane : m_lanes) SG_TRY(lane->takeAnswers());
    SteadyTime next = now() + kIdleWait;
    if (!off) {
        SG_TRY(chooseLanes(current, tuning.output.url));
        for (const auto& lane : m_lanes) {
            const bool isCurrent = lane->target().key == current.key;
            SG_TRY(lane->work(tuning, isCurrent ? tuning.output.inFlight : 1, isCurrent));
            next = std::min(next, lane->nextCall());
        }
    }
    SG_TRY(count());
    describe(tuning, current);
    return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(next - now()));
}

} // namespace

std::unique_ptr<Deliverer> Deliverer::create(FileSystem& files, const Clock& clock, Store& store,
                                             std::function<std::unique_ptr<Transport>(const std::string& url)> makeTransport,
                                             DelivererOptions options) {
    return std::make_unique<BulkDeliverer>(files, clock, store, std::move(makeTransport), std::move(options));
}

} // namespace sg
