#include "core/batch/deliverer.h"

#include "core/base/fault.h"
#include "core/batch/document_reader.h"
#include "core/batch/target.h"
#include "core/elastic/bulk.h"
#include "core/elastic/decide.h"
#include "core/elastic/identify.h"
#include "core/elastic/template.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <list>
#include <random>
#include <set>

namespace sg {
namespace {

constexpr Milliseconds kIdleWait{1000};
constexpr Milliseconds kHandshakeTimeout{10'000};
constexpr Milliseconds kOldTargetEvery{30'000};
constexpr Milliseconds kReadAgain{5000};
constexpr Milliseconds kCountEvery{200};
constexpr std::size_t kMinBody = 16U << 10U;
constexpr std::size_t kMaxSamples = 1000; ///< dead letters kept a batch and reason
constexpr std::size_t kQueue = 64;
constexpr std::size_t kMaxOpen = 32;        ///< batches read while an older one is not done
constexpr std::uint64_t kDropOpenShare = 8; ///< of a queue that drops: open batches beyond it are not joined by further ones
constexpr unsigned kGrowAfter = 16;         ///< answers without a complaint before bodies grow again
constexpr const char* kBlocked = "elastic.blocked:";
constexpr const char* kUnreached = "elastic.unreached";

/// A batch from its first body until its delivery is committed.
struct OpenBatch {
    OpenBatch(FileSystem& files, const DataDirectory& data, CommittedBatch committed,
              const std::function<std::string(SourceId)>& sourcePath, Enricher& enricher)
        : batch(std::move(committed)), reader(files, data, batch, sourcePath, enricher) {
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
    bool flying = false;
    bool blocked = false; ///< the server took none of it for a reason that a person can remove: the next probe
    bool mappingHeld = false;
};

class BulkDeliverer final : public Deliverer {
public:
    BulkDeliverer(FileSystem& files, const Clock& clock, Store& store,
                  std::function<std::unique_ptr<Transport>(const std::string&)> makeTransport, DelivererOptions options)
        : m_files(files), m_clock(clock), m_store(store), m_makeTransport(std::move(makeTransport)), m_options(std::move(options)),
          m_enricher(m_options.agentRules), m_random(static_cast<std::mt19937::result_type>(m_options.jitterSeed)) {}

    Result<Milliseconds> pump(const Tuning& tuning) override;
    const OutputPart& part() const override { return m_part; }
    bool idle() const override { return m_part.undelivered == 0 && m_open.empty() && m_bodies.empty(); }

private:
    enum class Phase : std::uint8_t { Disconnected, Root, Health, Template, Ready };
    struct Arrived {
        std::uint64_t number = 0; ///< of the body; 0 = handshake
        HttpResponse response;
    };

    void send(HttpRequest request, std::uint64_t number);
    void connect(const Tuning& tuning);
    void handshake(const HttpResponse& response, const Tuning& tuning);
    void putTemplate(const Tuning& tuning);
    void notConnected(const std::string& key, Severity severity, const std::string& sentence, const std::string& advice, bool slow);
    void disconnect();
    Status adoptTarget(const Target& current, const Tuning& tuning);
    Result<std::optional<BatchId>> firstOf(const Target& target, const std::vector<BatchId>& ids);
    Status readBodies(const Tuning& tuning);
    [[nodiscard]] bool holdsEnough(const SplitTuning& queue) const;
    Result<bool> openNext();
    Result<bool> fillBody(OpenBatch& open, const Tuning& tuning);
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
    Status count(bool now);
    void describe(const Tuning& tuning);
    Milliseconds nextCall() const;
    std::uint32_t random() { return static_cast<std::uint32_t>(m_random()); }
    SteadyTime now() const { return m_clock.steady(); }

    FileSystem& m_files;
    const Clock& m_clock;
    Store& m_store;
    const std::function<std::unique_ptr<Transport>(const std::string&)> m_makeTransport;
    const DelivererOptions m_options;
    Enricher m_enricher;
    std::mt19937 m_random;
    OutputPart m_part;
    ProblemList m_problems;

    std::deque<Arrived> m_arrived;
    Target m_target;       ///< of the connection
    std::string m_address; ///< as given to makeTransport
    Phase m_phase = Phase::Disconnected;
    bool m_shaking = false; ///< a handshake's answer is awaited
    unsigned m_connectAttempt = 0;
    SteadyTime m_connectAt{};
    SteadyTime m_oldTargetAt{};
    std::string m_connectKey;
    std::string m_oldConnectKey; ///< of an older address that was left because of it

    std::deque<BatchId> m_queue;
    BatchId m_lastOpened;
    std::list<std::unique_ptr<OpenBatch>> m_open; ///< ascending
    std::list<std::unique_ptr<Body>> m_bodies;
    std::uint64_t m_bodyNumber = 0;
    std::set<BatchId> m_sentHere; ///< begun in this run, not yet committed
    std::size_t m_bodyBytes = 0;  ///< in use; at most bulkBytes
    unsigned m_calm = 0;
    SteadyTime m_readAt{};
    SteadyTime m_commitAt{};

    std::string m_blockKey; ///< empty = not blocked
    std::string m_blockText;
    unsigned m_blockAttempt = 0;
    SteadyTime m_probeAt{};
    std::uint32_t m_mayFly = 1;

    SteadyTime m_countedAt{};
    bool m_counted = false;
    bool m_off = false;
    bool m_held = false;
    SteadyTime m_rateAt{};
    std::uint64_t m_rateFrom = 0;
    std::unique_ptr<Transport> m_transport; // last: what it still holds refers to the members above
};

void BulkDeliverer::send(HttpRequest request, std::uint64_t number) {
    m_transport->send(std::move(request), [this, number](HttpResponse response) { m_arrived.push_back({number, std::move(response)}); });
}

void BulkDeliverer::disconnect() {
    m_transport.reset(); // answers on their way are dropped
    m_arrived.clear();
    m_phase = Phase::Disconnected;
    m_shaking = false;
    for (const auto& body : m_bodies) {
        if (!body->flying) continue;
        body->flying = false;
        for (BulkItem& item : body->bulk.items()) item.maybeSent = true;
    }
}

void BulkDeliverer::connect(const Tuning& tuning) {
    if (m_shaking || now() < m_connectAt) return;
    if (!m_transport) m_transport = m_makeTransport(m_address);
    m_phase = Phase::Root;
    m_shaking = true;
    HttpRequest request;
    request.path = "/";
    request.timeout = std::min(tuning.output.timeout, kHandshakeTimeout);
    send(std::move(request), 0);
}

void BulkDeliverer::notConnected(const std::string& key, Severity severity, const std::string& sentence, const std::string& advice,
                                 bool slow) {
    if (!m_connectKey.empty() && m_connectKey != key) m_problems.resolve(m_connectKey, m_clock.wall());
    m_connectKey = key;
    m_problems.raise(key, severity, sentence, advice, m_clock.wall());
    m_phase = Phase::Disconnected;
    m_connectAt = now() + (slow ? probeWait(m_connectAttempt, random()) : backoff(m_connectAttempt, random()));
    ++m_connectAttempt;
}

void BulkDeliverer::putTemplate(const Tuning& tuning) {
    HttpRequest request;
    request.method = "PUT";
    request.path = templatePath(m_target.prefix);
    request.body = templateBody(m_target.prefix, tuning.output.refresh);
    request.contentType = "application/json";
    request.timeout = tuning.output.timeout;
    m_phase = Phase::Template;
    m_shaking = true;
    send(std::move(request), 0);
}

void BulkDeliverer::handshake(const HttpResponse& response, const Tuning& tuning) {
    m_shaking = false;
    if (m_phase == Phase::Template) {
        if (response.status >= 200 && response.status < 300) {
            m_phase = Phase::Ready;
            m_connectAttempt = 0;
            if (!m_connectKey.empty()) m_problems.resolve(m_connectKey, m_clock.wall());
            m_connectKey.clear();
            if (m_target.key != targetOf(tuning.output).key && !m_oldConnectKey.empty()) {
                m_problems.resolve(m_oldConnectKey, m_clock.wall());
                m_oldConnectKey.clear();
            }
        } else if (response.status == 0 || response.status == 429 || response.status >= 500) {
            notConnected(kUnreached, Severity::Warning,
                         m_target.url + (response.status == 0 ? " does not answer: " : " answers ") + errorOf(response),
                         "What is to be delivered waits on disk.", false);
        } else {
            notConnected(std::string(kBlocked) + "template", Severity::Error,
                         m_target.url + " does not take the index template: " + errorOf(response),
                         "Give the user the cluster privilege manage_index_templates; delivery goes on by itself.", true);
        }
        return;
    }
    const Identity identity = m_phase == Phase::Health ? identifyHealth(response, m_target.url) : identifyRoot(response, m_target.url);
    switch (identity.kind) {
    case Identity::Kind::Fit:
        m_part.product = identity.product;
        putTemplate(tuning);
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

/// The first of `ids` whose plan names `target`, when the newest does: targets change between plans, not within.
Result<std::optional<BatchId>> BulkDeliverer::firstOf(const Target& target, const std::vector<BatchId>& ids) {
    const auto names = [&](BatchId id) -> Result<bool> {
        SG_TRY_ASSIGN(const CommittedBatch batch, m_store.committedBatch(id));
        return batch.plan.target.key == target.key;
    };
    SG_TRY_ASSIGN(const bool newest, names(ids.back()));
    if (!newest) return std::optional<BatchId>();
    std::size_t low = 0, high = ids.size() - 1; // ids[high] names it
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        SG_TRY_ASSIGN(const bool same, names(ids[middle]));
        if (same) high = middle;
        else low = middle + 1;
    }
    return std::optional(ids[high]);
}

/// Chooses whom to talk to: the target of the oldest batch; while that one is an old address that does not answer, the current one.
Status BulkDeliverer::adoptTarget(const Target& current, const Tuning& tuning) {
    if (m_target.key == current.key && m_address != tuning.output.url) { // another user or password in the same address
        disconnect();
        m_address = tuning.output.url;
        m_connectAt = m_probeAt = now();
        for (const auto& body : m_bodies)
            if (body->blocked) body->notBefore = now();
    }
    const bool atWork = !m_open.empty() || !m_bodies.empty();
    const bool stuckAtOld = m_target.key != current.key && m_phase != Phase::Ready && m_connectAttempt > 0 && !m_shaking;
    if (atWork && !stuckAtOld) return {};
    if (!m_queue.empty() && !stuckAtOld) return {};
    SG_TRY_ASSIGN(std::vector<BatchId> ids, m_store.undelivered(kQueue));
    Target wanted = current;
    BatchId from;
    if (!ids.empty()) {
        SG_TRY_ASSIGN(const CommittedBatch head, m_store.committedBatch(ids.front()));
        wanted = head.plan.target;
        if (wanted.key != current.key && (stuckAtOld || now() < m_oldTargetAt)) {
            if (stuckAtOld) m_oldTargetAt = now() + kOldTargetEvery;
            SG_TRY_ASSIGN(ids, m_store.undelivered(std::numeric_limits<std::int32_t>::max()));
            SG_TRY_ASSIGN(const std::optional<BatchId> first, firstOf(current, ids));
            wanted = current;
            from = first ? BatchId{first->value - 1} : ids.back();
        }
    }
    if (wanted.key != m_target.key) {
        disconnect();
        m_bodies.clear();
        m_open.clear();
        m_target = wanted;
        m_connectAttempt = 0;
        m_connectAt = now();
        m_part.product.clear();
        unblock();
        if (stuckAtOld) m_oldConnectKey = m_connectKey;
        else if (!m_connectKey.empty()) m_problems.resolve(m_connectKey, m_clock.wall());
        m_connectKey.clear();
        // A user and password in the address belong to the transport alone.
        m_address = wanted.key == current.key ? tuning.output.url : wanted.url;
    }
    m_queue.clear();
    m_lastOpened = from;
    return {};
}

/// False: there is none, or it cannot be claimed now.
Result<bool> BulkDeliverer::openNext() {
    while (true) {
        if (m_queue.empty()) {
            SG_TRY_ASSIGN(const std::vector<BatchId> ids, m_store.undelivered(m_open.size() + kQueue));
            for (const BatchId id : ids)
                if (id > m_lastOpened) m_queue.push_back(id);
            if (m_queue.empty()) return false;
        }
        const BatchId id = m_queue.front();
        auto committed = m_store.committedBatch(id);
        if (!committed && committed.error().code != ErrorCode::NotFound) return fail(committed.error());
        if (committed && committed->plan.target.key != m_target.key) {
            m_queue.clear();
            return false; // after what is open
        }
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
        auto open = std::make_unique<OpenBatch>(m_files, m_options.data, std::move(*committed), m_options.sourcePath, m_enricher);
        open->maySentBefore = open->batch.maySentBefore || m_sentHere.contains(id);
        m_open.push_back(std::move(open));
        return true;
    }
}

void BulkDeliverer::keepLetter(OpenBatch& open, DeadLetter letter) {
    ++open.outcome.rejected;
    if (open.samples[static_cast<std::size_t>(letter.reason)]++ >= kMaxSamples) {
        ++open.outcome.notKept;
        return;
    }
    letter.time = m_clock.wall();
    open.outcome.deadLetters.push_back(std::move(letter));
}

/// Fills and queues one body; false when the batch has no more.
Result<bool> BulkDeliverer::fillBody(OpenBatch& open, const Tuning& tuning) {
    m_bodyBytes = std::min<std::size_t>(m_bodyBytes == 0 ? tuning.output.bulkBytes : m_bodyBytes, tuning.output.bulkBytes);
    auto body = std::make_unique<Body>();
    body->bulk = BulkBody(m_bodyBytes);
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
bool BulkDeliverer::holdsEnough(const SplitTuning& queue) const {
    if (queue.whenFull != WhenFull::Drop || m_open.empty()) return false;
    std::uint64_t bytes = 0;
    for (const auto& open : m_open) bytes += open->batch.plan.queueBytes();
    return bytes >= queue.queueBytes / kDropOpenShare;
}

Status BulkDeliverer::readBodies(const Tuning& tuning) {
    while (m_bodies.size() < tuning.output.inFlight && now() >= m_readAt) {
        if (m_open.empty() || m_open.back()->reader.atEnd()) {
            if (m_open.size() >= kMaxOpen || holdsEnough(tuning.split)) return {};
            SG_TRY_ASSIGN(const bool opened, openNext());
            if (!opened) return {};
        }
        SG_TRY_ASSIGN(const bool filled, fillBody(*m_open.back(), tuning));
        if (!filled) SG_TRY(commitFinished()); // a batch without documents
    }
    return {};
}

Status BulkDeliverer::sendDue(const Tuning& tuning) {
    auto flying = static_cast<std::uint32_t>(std::count_if(m_bodies.begin(), m_bodies.end(), [](const auto& b) { return b->flying; }));
    const bool probing = !m_blockKey.empty();
    if (probing && (flying > 0 || now() < m_probeAt)) return {};
    for (const auto& body : m_bodies) {
        if (flying >= tuning.output.inFlight) return {};
        if (body->flying || now() < body->notBefore || (probing && !body->blocked)) continue;
        OpenBatch& open = *body->batch;
        m_sentHere.insert(open.batch.plan.id);
        HttpRequest request;
        request.method = "POST";
        request.path = kBulkPath;
        request.body = body->bulk.text();
        request.contentType = "application/x-ndjson";
        request.timeout = tuning.output.timeout;
        open.outcome.sent += body->bulk.size();
        m_part.sent += body->bulk.size();
        body->flying = true;
        body->sentAt = now();
        ++flying;
        SG_FAULT_POINT("deliver.send.before");
        send(std::move(request), body->number);
        SG_FAULT_POINT("deliver.send.after");
        if (probing) return {};
    }
    return {};
}

void BulkDeliverer::again(Body& body) {
    body.notBefore = now() + backoff(body.attempt, random());
    ++body.attempt;
    ++m_part.retries;
}

/// Puts the second half behind the body as one of its own; later bodies are no larger.
void BulkDeliverer::split(Body& body) {
    m_bodyBytes = std::max(kMinBody, body.bulk.text().size() / 2);
    m_calm = 0;
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

void BulkDeliverer::reject(Body& body, std::size_t place, Reason reason, std::string detail) {
    OpenBatch& open = *body.batch;
    const Plan& plan = open.batch.plan;
    const BulkItem& item = body.bulk.items()[place];
    const ChunkRef& chunk = plan.chunks[item.chunk].chunk;
    DeadLetter letter;
    letter.batch = plan.id;
    letter.reason = reason;
    letter.detail = std::move(detail);
    letter.sourcePath = m_options.sourcePath ? m_options.sourcePath(chunk.source) : std::string();
    letter.raw = readLineAt(m_files, placeOf(chunk, letter.sourcePath, m_options.data), item.lineOffset, chunk.length.value);
    letter.offset = chunk.start.value + item.lineOffset;
    letter.documentId = body.bulk.id(place);
    letter.target = plan.target.key;
    keepLetter(open, std::move(letter));
}

void BulkDeliverer::block(Body& body, const std::string& kind, Severity severity, const std::string& sentence, const std::string& advice) {
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
void BulkDeliverer::passed(Body& body) {
    body.blocked = false;
    if (std::none_of(m_bodies.begin(), m_bodies.end(), [](const auto& b) { return b->blocked; })) unblock();
}

void BulkDeliverer::unblock() {
    if (m_blockKey.empty()) return;
    m_problems.resolve(m_blockKey, m_clock.wall());
    m_blockKey.clear();
    m_blockAttempt = 0;
}

void BulkDeliverer::takeItems(Body& body, const BulkDecision& decision) {
    OpenBatch& open = *body.batch;
    std::vector<std::uint32_t> left;
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
    if (left.size() != body.bulk.size()) body.bulk.keep(left);
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

Status BulkDeliverer::bulkAnswer(Body& body, const HttpResponse& response) {
    body.flying = false;
    m_part.latencyMs = std::chrono::duration<double, std::milli>(now() - body.sentAt).count();
    SG_FAULT_POINT("deliver.answer");
    const BulkDecision decision = decideBulk(response, body.bulk.size(), body.mappingHeld);
    const auto unknown = [&] {
        for (BulkItem& item : body.bulk.items()) item.maybeSent = true;
    };
    switch (decision.whole) {
    case BulkDecision::Whole::Items:
        m_problems.resolve("elastic.answers", m_clock.wall());
        if (++m_calm >= kGrowAfter) {
            m_calm = 0;
            m_bodyBytes += m_bodyBytes / 4;
        }
        takeItems(body, decision);
        break;
    case BulkDecision::Whole::Retry:
        m_problems.raise("elastic.answers", Severity::Warning, m_target.url + ' ' + decision.sentence,
                         "Delivery goes on with smaller requests; give the server more memory if it stays like this.", m_clock.wall());
        again(body);
        if (body.bulk.size() > 1 && body.bulk.text().size() > kMinBody) {
            --body.attempt; // half of it may well pass: the wait need not grow yet
            split(body);
        }
        break;
    case BulkDecision::Whole::Unknown:
        unknown();
        again(body);
        if (response.status == 0) {
            // Otherwise the answer belongs to a connection that is known to be lost: a handshake may be under way again.
            if (m_phase == Phase::Ready)
                notConnected(kUnreached, Severity::Warning, m_target.url + ' ' + decision.sentence,
                             "What is to be delivered waits on disk.", false);
        } else {
            m_problems.raise("elastic.answers", Severity::Warning, m_target.url + ' ' + decision.sentence, "It is tried again by itself.",
                             m_clock.wall());
        }
        break;
    case BulkDecision::Whole::Split:
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

Status BulkDeliverer::commitFinished() {
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
        m_sentHere.erase(outcome.id);
        m_open.pop_front();
        m_counted = false;
        if (m_options.delivered) m_options.delivered();
    }
    return {};
}

Status BulkDeliverer::count(bool atOnce) {
    if (!atOnce && m_counted && now() - m_countedAt < kCountEvery) return {};
    m_counted = true;
    m_countedAt = now();
    SG_TRY_ASSIGN(m_part.undelivered, m_store.undeliveredLines());
    SG_TRY_ASSIGN(m_part.batchesWaiting, m_store.undeliveredBatches());
    const double seconds = std::chrono::duration<double>(now() - m_rateAt).count();
    if (seconds >= 1) {
        const std::uint64_t done = m_part.created + m_part.duplicate;
        m_part.stage.rate = static_cast<double>(done - m_rateFrom) / seconds;
        m_rateFrom = done;
        m_rateAt = now();
    }
    return {};
}

void BulkDeliverer::describe(const Tuning& tuning) {
    StageStatus& stage = m_part.stage;
    stage.appliedRevision = tuning.revision;
    stage.problems = m_problems.rows();
    m_part.target = m_target.url;
    m_part.inFlight = static_cast<std::uint32_t>(std::count_if(m_bodies.begin(), m_bodies.end(), [](const auto& b) { return b->flying; }));
    const std::string waiting =
        m_part.batchesWaiting == 1 ? "1 batch waits on disk" : std::to_string(m_part.batchesWaiting) + " batches wait on disk";
    if (m_off) {
        m_part.target.clear();
        stage.state = StageState::Off;
        stage.detail = m_part.batchesWaiting == 0 ? "Off: results stay here" : "Off: " + waiting + " for their address";
    } else if (m_held) {
        stage.state = StageState::Paused;
        stage.detail = "Held back: " + waiting;
    } else if (m_phase != Phase::Ready) {
        stage.state = m_connectAttempt == 0 && m_part.product.empty() ? StageState::Starting : StageState::Waiting;
        stage.detail = "Not connected: " + waiting;
    } else if (!m_blockKey.empty()) {
        stage.state = StageState::Waiting;
        stage.detail = "Paused: " + m_blockText;
    } else if (m_part.batchesWaiting > 2) {
        stage.state = StageState::Behind;
        stage.detail = "Catching up: " + waiting;
    } else {
        stage.state = StageState::Running;
        stage.detail = m_part.undelivered == 0 ? "Everything is delivered" : std::to_string(m_part.undelivered) + " documents on their way";
    }
}

Milliseconds BulkDeliverer::nextCall() const {
    SteadyTime next = now() + kIdleWait;
    const bool probing = !m_blockKey.empty();
    if (!m_off && m_phase != Phase::Ready && !m_shaking) next = std::min(next, m_connectAt);
    // A body that may not leave before an answer came is no reason to look at the clock.
    if (!m_off && !m_held && m_phase == Phase::Ready && m_part.inFlight < (probing ? 1 : m_mayFly)) {
        for (const auto& body : m_bodies)
            if (!body->flying && (!probing || body->blocked))
                next = std::min(next, probing ? std::max(m_probeAt, body->notBefore) : body->notBefore);
    }
    return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(next - now()));
}

Result<Milliseconds> BulkDeliverer::pump(const Tuning& tuning) {
    const Target current = targetOf(tuning.output);
    while (!m_arrived.empty()) {
        const Arrived arrived = std::move(m_arrived.front());
        m_arrived.pop_front();
        if (arrived.number == 0) {
            handshake(arrived.response, tuning);
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
    SG_TRY(commitFinished());
    m_off = current.key.empty();
    m_held = tuning.output.hold;
    m_mayFly = tuning.output.inFlight;
    if (!m_off) {
        SG_TRY(adoptTarget(current, tuning));
        if (m_phase != Phase::Ready) {
            connect(tuning);
        } else {
            if (m_blockKey.empty() && !m_held) SG_TRY(readBodies(tuning));
            if (!m_held) SG_TRY(sendDue(tuning));
        }
    }
    SG_TRY(count(m_open.empty() && m_bodies.empty()));
    describe(tuning);
    return nextCall();
}

} // namespace

std::unique_ptr<Deliverer> Deliverer::create(FileSystem& files, const Clock& clock, Store& store,
                                             std::function<std::unique_ptr<Transport>(const std::string& url)> makeTransport,
                                             DelivererOptions options) {
    return std::make_unique<BulkDeliverer>(files, clock, store, std::move(makeTransport), std::move(options));
}

} // namespace sg
