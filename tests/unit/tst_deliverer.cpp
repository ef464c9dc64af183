#include "core/batch/deliverer.h"
#include "core/elastic/bulk.h"
#include "core/elastic/template.h"
#include "tests/support/delivery_bench.h"

#include <QTest>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace sg {
namespace {

using test::DeliveryBench;

constexpr const char* kUrl = "http://search.example:9200";

/// What one bulk request carried.
struct Sent {
    std::string address;
    std::size_t bytes = 0;
    std::vector<std::string> ids;
    std::vector<std::string> indices;
    std::vector<std::string> documents;
    bool deletes = false;
};

std::string item(int status, const std::string& type = {}, const std::string& reason = {}) {
    std::string json = "{\"create\":{\"status\":" + std::to_string(status);
    if (!type.empty()) json += ",\"error\":{\"type\":\"" + type + "\",\"reason\":\"" + reason + "\"}";
    return json + "}}";
}

HttpResponse answerOf(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

HttpResponse itemsAnswer(const std::vector<std::string>& items) {
    std::string body = "{\"took\":1,\"items\":[";
    for (std::size_t i = 0; i < items.size(); ++i) body += (i == 0 ? "" : ",") + items[i];
    return answerOf(200, body + "]}");
}

HttpResponse created(const Sent& sent) { return itemsAnswer(std::vector<std::string>(sent.ids.size(), item(201))); }
HttpResponse all(const Sent& sent, const std::string& what) { return itemsAnswer(std::vector<std::string>(sent.ids.size(), what)); }
HttpResponse noAnswer(bool timedOut = false) {
    HttpResponse response;
    response.error = timedOut ? "no answer in time" : "Connection refused";
    response.timedOut = timedOut;
    return response;
}
HttpResponse errorAnswer(int status, const std::string& type, const std::string& reason) {
    return answerOf(status,
                    "{\"error\":{\"type\":\"" + type + "\",\"reason\":\"" + reason + "\"},\"status\":" + std::to_string(status) + "}");
}

/// Holds every request until the test lets it be answered, by the script of the moment.
class Script {
public:
    using Bulk = std::function<HttpResponse(const Sent&)>;
    Bulk bulk = created;
    std::function<bool(const std::string& address)> isUp = [](const std::string&) { return true; };
    std::function<HttpResponse(const std::string& path)> other; ///< to what is neither a bulk request nor the root; empty = 200
    std::vector<std::string> asked;                             ///< paths of what is no bulk request
    std::vector<Sent> sent;
    Bulk letterBulk = created;  ///< dead letters, to their own index
    std::vector<Sent> letters;
    std::vector<std::string> addresses; ///< one per transport made
    std::size_t mostFlying = 0;
    std::size_t mostBytes = 0; ///< of the bulk requests under way at a time

    std::unique_ptr<Transport> make(const std::string& address) {
        addresses.push_back(address);
        return std::make_unique<Line>(*this, address);
    }
    std::size_t flying() const {
        return static_cast<std::size_t>(std::count_if(m_held.begin(), m_held.end(), [](const Held& held) { return held.isBulk; }));
    }
    bool anyHeld() const { return !m_held.empty(); }
    /// Answers the oldest request.
    void answerOne() {
        Held held = std::move(m_held.front());
        m_held.pop_front();
        held.answer(answerTo(held));
    }
    /// The bulk request at `place`, the oldest first, with this answer.
    void answerBulk(std::size_t place, HttpResponse response) {
        auto at = m_held.begin();
        while (!at->isBulk || place-- > 0) ++at;
        const Transport::Answer answer = std::move(at->answer);
        m_held.erase(at);
        answer(std::move(response));
    }
    /// The path of the handshake that is under way; empty = none.
    std::string handshake() const {
        for (const Held& held : m_held)
            if (!held.isBulk && !held.isLetters) return held.path;
        return {};
    }
    void answerHandshake() {
        const auto at = std::find_if(m_held.begin(), m_held.end(), [](const Held& held) { return !held.isBulk && !held.isLetters; });
        Held held = std::move(*at);
        m_held.erase(at);
        held.answer(answerTo(held));
    }
    std::map<std::string, int> timesSent() const {
        std::map<std::string, int> times;
        for (const Sent& request : sent)
            for (const std::string& id : request.ids) ++times[id];
        return times;
    }

private:
    struct Held {
        const Transport* owner = nullptr;
        std::string address;
        std::string path;
        bool isBulk = false;
        std::size_t number = 0;
        Transport::Answer answer;
        bool isLetters = false;
    };
    class Line final : public Transport {
    public:
        Line(Script& script, std::string address) : m_script(script), m_address(std::move(address)) {}
        ~Line() override {
            std::erase_if(m_script.m_held, [this](const Held& held) { return held.owner == this; });
        }
        void send(HttpRequest request, Answer answer) override { m_script.take(*this, m_address, std::move(request), std::move(answer)); }

    private:
        Script& m_script;
        const std::string m_address;
    };

    void take(const Transport& owner, const std::string& address, HttpRequest request, Transport::Answer answer) {
        Held held{&owner, address, request.path, request.path == kBulkPath, sent.size(), std::move(answer)};
        held.isLetters = held.isBulk && request.body.find("-deadletters-") < request.body.find('\n');
        if (held.isLetters) {
            held.isBulk = false;
            held.number = letters.size();
        }
        if (held.isBulk || held.isLetters) {
            Sent one;
            one.address = address;
            one.bytes = request.body.size();
            const auto between = [](const std::string& line, const std::string& before) {
                const auto at = line.find(before) + before.size();
                return line.substr(at, line.find('"', at) - at);
            };
            for (std::size_t at = 0; at < request.body.size();) {
                const auto end = request.body.find('\n', at);
                const std::string action = request.body.substr(at, end - at);
                one.indices.push_back(between(action, "\"_index\":\""));
                one.ids.push_back(between(action, "\"_id\":\""));
                const bool deletes = action.starts_with("{\"delete\"");
                one.deletes = one.deletes || deletes;
                one.documents.push_back(deletes ? std::string() : request.body.substr(end + 1, request.body.find('\n', end + 1) - end - 1));
                at = deletes ? end + 1 : request.body.find('\n', end + 1) + 1;
            }
            (held.isLetters ? letters : sent).push_back(std::move(one));
        } else {
            asked.push_back(held.path);
        }
        m_held.push_back(std::move(held));
        mostFlying = std::max(mostFlying, flying());
        std::size_t bytes = 0;
        for (const Held& each : m_held)
            if (each.isBulk) bytes += sent[each.number].bytes;
        mostBytes = std::max(mostBytes, bytes);
    }
    HttpResponse answerTo(const Held& held) const {
        if (!isUp(held.address)) return noAnswer();
        if (held.isBulk) return bulk(sent[held.number]);
        if (held.isLetters) return letterBulk(letters[held.number]);
        if (held.path != "/" && other) return other(held.path);
        if (held.path != "/") return answerOf(200, "{\"acknowledged\":true}");
        HttpResponse root =
            answerOf(200, "{\"version\":{\"number\":\"8.15.0\",\"build_flavor\":\"default\"},\"tagline\":\"You Know, for Search\"}");
        root.headers = {{"x-elastic-product", "Elasticsearch"}};
        return root;
    }

    std::deque<Held> m_held;
};

struct Case {
    Case() : bench("abcdefgh", kUrl, "web", [this](const std::string& address) { return script.make(address); }) {}
    /// Pumps, answers all there is, and lets time go on to the next call; `rounds` times at most, or until `enough`.
    template <typename Enough> bool runUntil(Enough enough, int rounds = 400) {
        for (int i = 0; i < rounds; ++i) {
            const Milliseconds wait = bench.pump();
            if (enough()) return true;
            if (script.anyHeld()) {
                while (script.anyHeld()) script.answerOne();
            } else {
                bench.batchClock.advance(std::max(wait, Milliseconds(1)));
            }
        }
        return false;
    }
    bool run(int rounds = 400) {
        return runUntil([this] { return bench.deliverer->idle(); }, rounds);
    }
    /// Until bulk requests are under way and held.
    bool fly() {
        for (int i = 0; i < 50; ++i) {
            const Milliseconds wait = bench.pump();
            if (script.flying() > 0) return true;
            if (script.anyHeld()) script.answerOne();
            else bench.batchClock.advance(std::max(wait, Milliseconds(1)));
        }
        return false;
    }
    bool isOpen(const std::string& key) const { return bench.isOpen(key); }
    std::string sentence(const std::string& key) const {
        for (const Problem& problem : bench.deliverer->part().stage.problems)
            if (problem.key == key) return problem.sentence;
        return {};
    }
    std::vector<DeadLetter> letters(Reason reason) const {
        std::vector<DeadLetter> out;
        for (DeadLetter& letter : bench.store->deadLetters(1000).value_or(std::vector<DeadLetter>()))
            if (letter.reason == reason) out.push_back(std::move(letter));
        return out;
    }
    Script script; // outlives the transports of the bench
    DeliveryBench bench;
};

} // namespace

class TestDeliverer : public QObject {
    Q_OBJECT
private slots:
    void sendsEachLineOnceToTheIndexOfItsDay();
    void losesNothingWhenTheServerIsDownAtTheStart();
    void repeatsAWholeRefusal_data();
    void repeatsAWholeRefusal();
    void repeatsOnlyTheItemsThatWereNotTaken_data();
    void repeatsOnlyTheItemsThatWereNotTaken();
    void splitsABodyThatIsTooLarge();
    void keepsADocumentThatIsTooLarge();
    void keepsARefusedDocumentWithTheReason();
    void throwsNothingAwayForAWrongMapping();
    void pausesAndGoesOn_data();
    void pausesAndGoesOn();
    void sendsNoProbeBeforeItsTime();
    void pausesForAnIdThatIsNotOurs();
    void countsItsOwnEchoAsDuplicate();
    void countsTheEchoOfAnEarlierRunAsDuplicate();
    void keepsBatchesWhileTheOutputIsOff();
    void holdsDeliveryAndGoesOn();
    void takesABatchToTheAddressOfItsPlan();
    void takesALineToTheIndexOfItsSource();
    void goesOnWhereAnOldAddressTakesNothing_data();
    void goesOnWhereAnOldAddressTakesNothing();
    void takesACorrectedPasswordAtOnce();
    void keepsAHandshakeApartFromALateFailure();
    void deliversForWhoMayOnlyWrite();
    void putsNoTemplateWhenItIsSwitchedOff();
    void tellsTheServerOfChangedWishesAtOnce();
    void deletesOldDaysOnceToldTo();
    void boundsWhatIsUnderWay();
    void readsNotFarBeyondABatchThatIsStuck();
    void waitsWithoutHaste();
    void passesOverWhatWasAbandonedMeanwhile();
    void leavesAQueueThatDropsSomethingToAbandon();
    void countsRejectedDocumentsBeyondTheSamples();
    void sendsDeadLettersToTheirOwnIndexAndNoRefusedOneAgain();
    void knowsALetterOfAnEarlierRunByItsEcho();
    void takesAResolvedLetterOutOfTheIndex();
    void saysThatNobodyTakesDeadLetters_data();
    void saysThatNobodyTakesDeadLetters();
};

void TestDeliverer::sendsEachLineOnceToTheIndexOfItsDay() {
    Case c;
    c.bench.addBatch(300);
    c.bench.addBatch(20);
    QVERIFY(c.run());
    const auto times = c.script.timesSent();
    QCOMPARE(times.size(), c.bench.ids.size());
    for (const std::string& id : c.bench.ids) QCOMPARE(times.at(id), 1);
    for (const Sent& sent : c.script.sent)
        for (const std::string& index : sent.indices) QCOMPARE(index, std::string("web-access-2025.10.10"));
    const Ledger ledger = c.bench.ledger();
    QCOMPARE(ledger.created, 320ULL);
    QCOMPARE(ledger.sent, 320ULL);
    QCOMPARE(ledger.undelivered + ledger.rejected + ledger.duplicate + ledger.abandoned, 0ULL);
    QCOMPARE(c.bench.deliverer->part().batchesWaiting, 0ULL);
}

void TestDeliverer::losesNothingWhenTheServerIsDownAtTheStart() {
    Case c;
    c.script.isUp = [](const std::string&) { return false; };
    for (int i = 0; i < 3; ++i) c.bench.addBatch(50);
    QVERIFY(!c.run(60));
    QVERIFY(c.isOpen("elastic.unreached"));
    QVERIFY(c.script.sent.empty());
    QCOMPARE(c.bench.deliverer->part().batchesWaiting, 3ULL);
    QCOMPARE(c.bench.ledger().undelivered, 150ULL);
    c.script.isUp = [](const std::string&) { return true; };
    QVERIFY(c.run());
    QVERIFY(!c.isOpen("elastic.unreached"));
    QCOMPARE(c.bench.ledger().created, 150ULL);
    QCOMPARE(c.bench.ledger().sent, 150ULL);
}

void TestDeliverer::repeatsAWholeRefusal_data() {
    QTest::addColumn<int>("status");
    QTest::newRow("too many requests") << 429;
    QTest::newRow("server error") << 500;
    QTest::newRow("bad gateway") << 502;
    QTest::newRow("unavailable") << 503;
}
void TestDeliverer::repeatsAWholeRefusal() {
    QFETCH(int, status);
    Case c;
    c.bench.addBatch(40);
    int refusals = 3;
    c.script.bulk = [&](const Sent& sent) { return refusals-- > 0 ? answerOf(status, "later") : created(sent); };
    const SteadyTime begin = c.bench.batchClock.steady();
    QVERIFY(c.run());
    QVERIFY(c.bench.batchClock.steady() > begin); // it waited
    QCOMPARE(c.bench.ledger().created, 40ULL);
    QCOMPARE(c.bench.ledger().rejected, 0ULL);
    QCOMPARE(c.bench.deliverer->part().retries, 3ULL);
    QVERIFY(!c.isOpen("elastic.answers"));
}

void TestDeliverer::repeatsOnlyTheItemsThatWereNotTaken_data() {
    QTest::addColumn<int>("status"); // 0: missing at the end of the answer
    QTest::newRow("queue full") << 429;
    QTest::newRow("shard away") << 503;
    QTest::newRow("short answer") << 0;
}
void TestDeliverer::repeatsOnlyTheItemsThatWereNotTaken() {
    QFETCH(int, status);
    Case c;
    c.bench.addBatch(30);
    c.script.bulk = [&](const Sent& sent) {
        if (c.script.sent.size() > 1) return created(sent);
        std::vector<std::string> items;
        for (std::size_t i = 0; i < sent.ids.size(); ++i) {
            if (i < 20) items.push_back(item(201));
            else if (status != 0) items.push_back(item(status, "es_rejected_execution_exception", "full"));
        }
        return itemsAnswer(items);
    };
    QVERIFY(c.run());
    QCOMPARE(c.script.sent.size(), std::size_t{2});
    QCOMPARE(c.script.sent[1].ids, std::vector<std::string>(c.bench.ids.begin() + 20, c.bench.ids.end()));
    QCOMPARE(c.bench.ledger().created, 30ULL);
    QCOMPARE(c.bench.ledger().sent, 40ULL);
}

void TestDeliverer::splitsABodyThatIsTooLarge() {
    Case c;
    c.bench.addBatch(100);
    c.script.bulk = [](const Sent& sent) { return sent.ids.size() > 30 ? answerOf(413, "") : created(sent); };
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 100ULL);
    QCOMPARE(c.bench.ledger().rejected, 0ULL);
    QCOMPARE(c.script.sent.back().ids.size(), std::size_t{25});
}

void TestDeliverer::keepsADocumentThatIsTooLarge() {
    Case c;
    c.bench.addBatch(10);
    const std::string large = c.bench.ids[4];
    c.script.bulk = [&](const Sent& sent) {
        return std::find(sent.ids.begin(), sent.ids.end(), large) != sent.ids.end() ? answerOf(413, "") : created(sent);
    };
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 9ULL);
    QCOMPARE(c.bench.ledger().rejected, 1ULL);
    const auto letters = c.letters(Reason::TooLarge);
    QCOMPARE(letters.size(), std::size_t{1});
    QCOMPARE(letters[0].documentId, large);
    QVERIFY2(letters[0].raw.find("GET /p/4 ") != std::string::npos, letters[0].raw.c_str());
}

void TestDeliverer::keepsARefusedDocumentWithTheReason() {
    Case c;
    c.bench.addBatch(10);
    c.script.bulk = [](const Sent& sent) {
        std::vector<std::string> items(sent.ids.size(), item(201));
        items[7] = item(400, "mapper_parsing_exception", "failed to parse field [x]");
        return itemsAnswer(items);
    };
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 9ULL);
    QCOMPARE(c.bench.ledger().rejected, 1ULL);
    const auto letters = c.letters(Reason::RejectedByServer);
    QCOMPARE(letters.size(), std::size_t{1});
    QCOMPARE(letters[0].detail, std::string("mapper_parsing_exception: failed to parse field [x]"));
    QCOMPARE(letters[0].documentId, c.bench.ids[7]);
    QVERIFY2(letters[0].raw.find("GET /p/7 ") != std::string::npos, letters[0].raw.c_str());
    QCOMPARE(c.script.sent.size(), std::size_t{1});
}

void TestDeliverer::throwsNothingAwayForAWrongMapping() {
    Case c;
    c.bench.addBatch(120);
    bool wrong = true;
    c.script.bulk = [&](const Sent& sent) {
        std::vector<std::string> items;
        for (std::size_t i = 0; i < sent.ids.size(); ++i)
            items.push_back(wrong && (sent.ids.size() < 120 || i % 2 == 0) ? item(400, "mapper_parsing_exception", "no ip") : item(201));
        return itemsAnswer(items);
    };
    QVERIFY(!c.run(60));
    QVERIFY(c.isOpen("elastic.blocked:mapping"));
    QCOMPARE(c.bench.ledger().rejected, 0ULL);
    QCOMPARE(c.bench.ledger().undelivered, 120ULL);
    wrong = false;
    QVERIFY(c.run());
    QVERIFY(!c.isOpen("elastic.blocked:mapping"));
    QCOMPARE(c.bench.ledger().created, 120ULL);
    QCOMPARE(c.bench.ledger().rejected, 0ULL);
}

void TestDeliverer::pausesAndGoesOn_data() {
    QTest::addColumn<int>("whole"); // 0: an answer for each item
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("key");
    QTest::newRow("cluster block of items") << 0 << 403 << "cluster_block_exception"
                                            << "write_block";
    QTest::newRow("full disk") << 0 << 429 << "cluster_block_exception"
                               << "write_block";
    QTest::newRow("no index") << 0 << 404 << "index_not_found_exception"
                              << "index_not_found";
    QTest::newRow("too many shards") << 0 << 400 << "validation_exception"
                                     << "validation";
    QTest::newRow("closed index") << 0 << 400 << "index_closed_exception"
                                  << "index_closed";
    QTest::newRow("wrong password") << 401 << 0 << "security_exception"
                                    << "authentication";
    QTest::newRow("no privilege") << 403 << 0 << "security_exception"
                                  << "permission";
    QTest::newRow("cluster block of all") << 503 << 0 << "cluster_block_exception"
                                          << "write_block";
}
void TestDeliverer::pausesAndGoesOn() {
    QFETCH(int, whole);
    QFETCH(int, status);
    QFETCH(QString, type);
    QFETCH(QString, key);
    Case c;
    for (int i = 0; i < 3; ++i) c.bench.addBatch(20);
    const std::string problem = "elastic.blocked:" + key.toStdString();
    bool closed = true;
    c.script.bulk = [&](const Sent& sent) {
        if (!closed) return created(sent);
        return whole != 0 ? errorAnswer(whole, type.toStdString(), "not now") : all(sent, item(status, type.toStdString(), "not now"));
    };
    QVERIFY(!c.run(60));
    QVERIFY(c.isOpen(problem));
    QVERIFY2(c.sentence(problem).find(kUrl) == 0 && c.sentence(problem).find("not now") != std::string::npos, c.sentence(problem).c_str());
    QVERIFY(c.bench.deliverer->part().stage.state == StageState::Waiting);
    QCOMPARE(c.bench.ledger().undelivered, 60ULL);
    closed = false;
    QVERIFY(c.run());
    QVERIFY(!c.isOpen(problem));
    QCOMPARE(c.bench.ledger().created, 60ULL);
    QCOMPARE(c.bench.ledger().rejected, 0ULL);
}

void TestDeliverer::sendsNoProbeBeforeItsTime() {
    Case c;
    c.bench.addBatch(20);
    c.bench.addBatch(30);
    // The first batch's index is blocked, the second's is not: its success says nothing of the first.
    QVERIFY(c.fly());
    QCOMPARE(c.script.flying(), std::size_t{2});
    c.script.answerBulk(0, all(c.script.sent[0], item(403, "cluster_block_exception", "blocked")));
    c.script.answerBulk(0, created(c.script.sent[1]));
    QVERIFY(c.bench.pump() > Milliseconds(0));
    QVERIFY(c.isOpen("elastic.blocked:write_block"));
    QCOMPARE(c.script.sent.size(), std::size_t{2});
    c.bench.batchClock.advance(Milliseconds(4999));
    QVERIFY(c.bench.pump() > Milliseconds(0));
    QCOMPARE(c.script.sent.size(), std::size_t{2});
    // A probe that finds the server overloaded waits before the next, too.
    for (int i = 0; i < 40 && c.script.flying() == 0; ++i) {
        c.bench.batchClock.advance(Milliseconds(1000));
        c.bench.pump();
    }
    QCOMPARE(c.script.sent.size(), std::size_t{3});
    c.script.answerBulk(0, answerOf(503, "later"));
    QVERIFY(c.bench.pump() > Milliseconds(0));
    QCOMPARE(c.script.sent.size(), std::size_t{3});
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 50ULL);
}

void TestDeliverer::pausesForAnIdThatIsNotOurs() {
    Case c;
    c.bench.addBatch(10);
    bool there = true;
    c.script.bulk = [&](const Sent& sent) {
        std::vector<std::string> items;
        for (const std::string& id : sent.ids) items.push_back(item(there && id == c.bench.ids[3] ? 409 : 201));
        return itemsAnswer(items);
    };
    QVERIFY(!c.run(60));
    QVERIFY(c.isOpen("elastic.blocked:collision"));
    QVERIFY(c.sentence("elastic.blocked:collision").find(c.bench.ids[3]) != std::string::npos);
    QCOMPARE(c.bench.ledger().duplicate, 0ULL);
    QCOMPARE(c.bench.ledger().undelivered, 10ULL);
    there = false;
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 10ULL);
    QCOMPARE(c.bench.ledger().duplicate, 0ULL);
}

void TestDeliverer::countsItsOwnEchoAsDuplicate() {
    Case c;
    c.bench.addBatch(10);
    c.script.bulk = [&](const Sent& sent) {
        return c.script.sent.size() == 1 ? noAnswer(true) : all(sent, item(409, "version_conflict_engine_exception", "exists"));
    };
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().duplicate, 10ULL);
    QCOMPARE(c.bench.ledger().created, 0ULL);
    QVERIFY(!c.isOpen("elastic.unreached"));
}

void TestDeliverer::countsTheEchoOfAnEarlierRunAsDuplicate() {
    Case c;
    c.bench.addBatch(10);
    QVERIFY(c.fly());
    c.bench.open(); // the run ends before the answer
    c.script.bulk = [](const Sent& sent) { return all(sent, item(409)); };
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().duplicate, 10ULL);
    QVERIFY(!c.isOpen("elastic.blocked:collision"));
}

void TestDeliverer::keepsBatchesWhileTheOutputIsOff() {
    Case c;
    c.bench.addBatch(10);
    c.bench.tuning.output.on = false;
    QVERIFY(!c.run(20));
    QVERIFY(c.script.sent.empty());
    QVERIFY(c.script.addresses.empty());
    QVERIFY(c.bench.deliverer->part().stage.state == StageState::Off);
    QCOMPARE(c.bench.deliverer->part().batchesWaiting, 1ULL);
    c.bench.addBatch(7); // planned without a target: not asked for
    c.bench.tuning.output.on = true;
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 10ULL);
    QCOMPARE(c.bench.ledger().notRequested, 7ULL);
}

void TestDeliverer::holdsDeliveryAndGoesOn() {
    Case c;
    c.bench.addBatch(40);
    QVERIFY(c.run());
    c.bench.tuning.output.hold = true;
    c.bench.addBatch(50);
    c.bench.addBatch(60);
    QVERIFY(!c.run(30));
    QCOMPARE(c.bench.ledger().created, 40ULL);
    QCOMPARE(c.bench.ledger().undelivered, 110ULL);
    QCOMPARE(c.bench.ledger().sent, 40ULL);
    const OutputPart held = c.bench.deliverer->part();
    QCOMPARE(held.stage.state, StageState::Paused);
    QVERIFY2(held.stage.detail.find("2 batches wait on disk") != std::string::npos, held.stage.detail.c_str());
    QVERIFY(c.bench.pump() > Milliseconds(0)); // and waits without haste
    c.bench.tuning.output.hold = false;
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 150ULL);
    QCOMPARE(c.bench.ledger().sent, 150ULL);
}

void TestDeliverer::takesABatchToTheAddressOfItsPlan() {
    Case c;
    c.bench.addBatch(10);
    c.bench.tuning.output.url = "http://other.example:9200";
    c.bench.tuning.output.indexPrefix = "new";
    c.bench.addBatch(20);
    QVERIFY(c.run());
    QCOMPARE(c.script.sent.size(), std::size_t{2});
    QCOMPARE(c.script.sent[0].address, std::string(kUrl));
    QCOMPARE(c.script.sent[0].ids.size(), std::size_t{10});
    QCOMPARE(c.script.sent[0].indices[0], std::string("web-access-2025.10.10"));
    QCOMPARE(c.script.sent[1].address, std::string("http://other.example:9200"));
    QCOMPARE(c.script.sent[1].indices[0], std::string("new-access-2025.10.10"));
    QCOMPARE(c.bench.ledger().created, 30ULL);
}

void TestDeliverer::takesALineToTheIndexOfItsSource() {
    Case c;
    c.bench.tuning.output.indexPrefix = "shop-{source}";
    c.bench.addBatch(10);
    c.bench.addBatch(10, 11);
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 20ULL);
    QStringList indices;
    for (const Sent& sent : c.script.sent)
        for (const std::string& index : sent.indices) indices << QString::fromStdString(index);
    indices.removeDuplicates();
    QCOMPARE(indices, QStringList({"shop-access-access-2025.10.10", "shop-access-access-2025.10.11"})); // of /var/log/access.log
}

void TestDeliverer::goesOnWhereAnOldAddressTakesNothing_data() {
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("problem");
    QTest::newRow("it does not answer") << "gone"
                                        << "elastic.unreached";
    QTest::newRow("it blocks every document") << "blocked"
                                              << "elastic.blocked:write_block";
    QTest::newRow("it is overloaded") << "overloaded"
                                      << "elastic.answers";
}
void TestDeliverer::goesOnWhereAnOldAddressTakesNothing() {
    QFETCH(QString, how);
    QFETCH(QString, problem);
    Case c;
    c.bench.addBatch(10);
    QVERIFY(c.fly() || how == "gone"); // it is at work with the old one when the address changes
    c.bench.tuning.output.url = "http://other.example:9200";
    c.bench.addBatch(20);
    c.bench.addBatch(30);
    bool old = false;
    c.script.isUp = [&](const std::string& address) { return old || how != "gone" || address != kUrl; };
    c.script.bulk = [&](const Sent& sent) {
        if (old || sent.address != kUrl) return created(sent);
        return how == "blocked" ? all(sent, item(403, "cluster_block_exception", "read only")) : answerOf(503, "later");
    };
    QVERIFY(!c.run(60));
    QCOMPARE(c.bench.ledger().created, 50ULL);
    QCOMPARE(c.bench.ledger().undelivered, 10ULL);
    const std::string key = problem.toStdString() + ":" + kUrl + "/web"; // the older target's, not the current one's
    QVERIFY(c.isOpen(key));
    QVERIFY(!c.isOpen(problem.toStdString()));
    old = true;
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 60ULL);
    c.bench.batchClock.advance(Milliseconds(1000));
    c.bench.pump();
    QVERIFY(!c.isOpen(key));
    for (const auto& [id, times] : c.script.timesSent())
        if (std::find(c.bench.ids.begin(), c.bench.ids.begin() + 10, id) == c.bench.ids.begin() + 10) QCOMPARE(times, 1);
}

void TestDeliverer::takesACorrectedPasswordAtOnce() {
    Case c;
    c.bench.tuning.output.url = "http://user:wrong@search.example:9200";
    c.bench.addBatch(10);
    c.script.bulk = [](const Sent& sent) {
        return sent.address.find("wrong") != std::string::npos ? errorAnswer(401, "security_exception", "who?") : created(sent);
    };
    QVERIFY(!c.run(30));
    QVERIFY(c.isOpen("elastic.blocked:authentication"));
    c.bench.tuning.output.url = "http://user:right@search.example:9200";
    const SteadyTime begin = c.bench.batchClock.steady();
    QVERIFY(c.run());
    QVERIFY(c.bench.batchClock.steady() == begin);
    QCOMPARE(c.bench.ledger().created, 10ULL);
    for (const Problem& problem : c.bench.deliverer->part().stage.problems) QVERIFY(problem.sentence.find("wrong") == std::string::npos);
    QCOMPARE(c.bench.deliverer->part().target, std::string(kUrl));
}

void TestDeliverer::keepsAHandshakeApartFromALateFailure() {
    Case c;
    c.bench.addBatch(10);
    c.bench.addBatch(10);
    QVERIFY(c.fly());
    QCOMPARE(c.script.flying(), std::size_t{2});
    c.script.answerBulk(0, noAnswer());
    // The root is asked again, then the templates are put; only now the second request fails.
    const std::string lastOfIt = indexTemplates("web", {}).back().path;
    for (int i = 0; i < 50 && c.script.handshake() != lastOfIt; ++i) {
        const Milliseconds wait = c.bench.pump();
        if (c.script.handshake() == lastOfIt) break;
        if (!c.script.handshake().empty()) c.script.answerHandshake();
        else c.bench.batchClock.advance(std::max(wait, Milliseconds(1)));
    }
    QCOMPARE(c.script.handshake(), lastOfIt);
    QCOMPARE(c.script.flying(), std::size_t{1});
    c.script.answerBulk(0, noAnswer());
    c.bench.pump();
    QVERIFY(c.run());
    QVERIFY2(c.sentence("elastic.identity").empty(), c.sentence("elastic.identity").c_str());
    QCOMPARE(c.bench.ledger().created, 20ULL);
}

void TestDeliverer::deliversForWhoMayOnlyWrite() {
    Case c;
    c.script.other = [](const std::string& path) {
        return path.starts_with("/_component_template") ? errorAnswer(403, "security_exception", "not allowed") : answerOf(200, "{}");
    };
    c.bench.addBatch(10);
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 10ULL);
    QVERIFY(c.isOpen("elastic.templates"));
    QVERIFY2(c.sentence("elastic.templates").find("documents are sent all the same") != std::string::npos, c.sentence("elastic.templates").c_str());
}

void TestDeliverer::putsNoTemplateWhenItIsSwitchedOff() {
    Case c;
    c.bench.tuning.output.templates = false;
    c.bench.addBatch(10);
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 10ULL);
    QCOMPARE(c.script.asked, std::vector<std::string>{"/"});
}

void TestDeliverer::tellsTheServerOfChangedWishesAtOnce() {
    Case c;
    c.bench.addBatch(10);
    QVERIFY(c.run());
    const auto settle = [&] {
        c.script.asked.clear();
        for (int i = 0; i < 40; ++i) {
            c.bench.pump();
            while (c.script.anyHeld()) c.script.answerOne();
        }
        return c.script.asked;
    };
    QVERIFY(settle().empty());
    c.bench.tuning.output.shards = 3;
    const std::vector<std::string> asked = settle();
    QVERIFY(std::count(asked.begin(), asked.end(), "/") == 0); // over the connection that there is
    QVERIFY(std::count(asked.begin(), asked.end(), "/_component_template/web-settings") > 0);
    QVERIFY(settle().empty()); // once
    c.bench.tuning.output.templates = false;
    c.bench.tuning.output.replicas = 0;
    QVERIFY(settle().empty());
    c.bench.tuning.output.templates = true;
    QVERIFY(!settle().empty());
    c.bench.addBatch(10);
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 20ULL);
}

void TestDeliverer::deletesOldDaysOnceToldTo() {
    for (const bool told : {false, true}) {
        Case c;
        std::vector<std::string> gone;
        c.script.other = [&](const std::string& path) {
            if (path == "/_ilm/status" || path.starts_with("/_plugins")) return answerOf(400, "{\"error\":\"no handler found for uri\"}");
            if (path.find("/_settings/index.creation_date") != std::string::npos)
                return answerOf(200, R"({"web-access-2015.01.01":{"settings":{"index":{"creation_date":"1420070400000"}}}})");
            if (path == "/web-access-2015.01.01") gone.push_back(path);
            return answerOf(200, "{}");
        };
        if (told) c.bench.tuning.output.retention = std::chrono::hours(24 * 30);
        c.bench.addBatch(10);
        QVERIFY(c.run());
        for (int i = 0; i < 20; ++i) {
            c.bench.pump();
            while (c.script.anyHeld()) c.script.answerOne();
        }
        QCOMPARE(gone.size(), told ? std::size_t{1} : std::size_t{0}); // once, not at every look
        QCOMPARE(c.sentence("elastic.retention").empty(), !told);
        if (told) QVERIFY(c.sentence("elastic.retention").find("web-access-2015.01.01") != std::string::npos);
        QCOMPARE(c.bench.ledger().created, 10ULL);
    }
}

void TestDeliverer::boundsWhatIsUnderWay() {
    Case c;
    c.bench.tuning.output.bulkBytes = 64U << 10U;
    c.bench.tuning.output.inFlight = 3;
    for (int i = 0; i < 50; ++i) c.bench.addBatch(150);
    QVERIFY(c.run(2000));
    QCOMPARE(c.script.mostFlying, std::size_t{3});
    QVERIFY(c.script.mostBytes <= 3 * (64U << 10U));
    QCOMPARE(c.bench.ledger().created, 7500ULL);
    QCOMPARE(c.bench.ledger().sent, 7500ULL);
}

void TestDeliverer::readsNotFarBeyondABatchThatIsStuck() {
    Case c;
    for (int i = 0; i < 50; ++i) c.bench.addBatch(5);
    const std::set<std::string> first(c.bench.ids.begin(), c.bench.ids.begin() + 5);
    bool stuck = true;
    c.script.bulk = [&](const Sent& sent) { return stuck && first.contains(sent.ids[0]) ? all(sent, item(503)) : created(sent); };
    QVERIFY(!c.run(400));
    QVERIFY2(c.script.timesSent().size() <= 5 * 32, std::to_string(c.script.timesSent().size()).c_str());
    QCOMPARE(c.bench.ledger().created, 0ULL); // deliveries are committed in order
    stuck = false;
    QVERIFY(c.run(2000));
    QCOMPARE(c.bench.ledger().created, 250ULL);
}

void TestDeliverer::waitsWithoutHaste() {
    Case c;
    c.bench.addBatch(100);
    c.bench.tuning.output.inFlight = 1;
    bool refused = false;
    c.script.bulk = [&](const Sent& sent) { return std::exchange(refused, true) ? created(sent) : answerOf(413, ""); };
    QVERIFY(c.fly());
    c.script.answerOne();
    c.bench.pump(); // one half leaves, the other waits for its answer
    QCOMPARE(c.script.flying(), std::size_t{1});
    QVERIFY(c.bench.pump() > Milliseconds(0));
    QVERIFY(c.run());
    QCOMPARE(c.bench.ledger().created, 100ULL);
}

void TestDeliverer::passesOverWhatWasAbandonedMeanwhile() {
    Case c;
    c.bench.tuning.output.inFlight = 1;
    for (int i = 0; i < 5; ++i) c.bench.addBatch(10);
    QVERIFY(c.fly());                                       // the first is under way, the second is read ahead, the others are listed
    const auto given = c.bench.store->abandonOldest(3'000); // of about 870 bytes each
    QVERIFY(given);
    QVERIFY2(given->size() == 2 && given->front().id == BatchId{3}, std::to_string(given->size()).c_str());
    c.bench.tuning.batch.retainBatches = 2;
    QVERIFY(c.bench.engine->release(c.bench.tuning)); // their chunks are gone
    QVERIFY(c.run());
    const Ledger ledger = c.bench.ledger();
    QCOMPARE(ledger.created, 30ULL);
    QCOMPARE(ledger.abandoned, 20ULL);
    QCOMPARE(ledger.undelivered, 0ULL);
    const auto times = c.script.timesSent();
    for (std::size_t i = 0; i < c.bench.ids.size(); ++i) QCOMPARE(times.contains(c.bench.ids[i]), i < 20 || i >= 40);
}

void TestDeliverer::leavesAQueueThatDropsSomethingToAbandon() {
    Case c;
    for (int i = 0; i < 40; ++i) c.bench.addBatch(10);
    c.bench.tuning.split.whenFull = WhenFull::Drop;
    c.bench.tuning.split.queueBytes = 40'000; // an eighth is five of them, more or less
    c.script.bulk = [&](const Sent& sent) { return sent.ids[0] == c.bench.ids[0] ? all(sent, item(503)) : created(sent); };
    QVERIFY(!c.run(200));
    QVERIFY2(c.script.timesSent().size() <= 60, std::to_string(c.script.timesSent().size()).c_str());
    const auto given = c.bench.store->abandonOldest(0);
    QVERIFY(given && given->size() >= 34);
}

void TestDeliverer::countsRejectedDocumentsBeyondTheSamples() {
    Case c;
    c.bench.addBatch(2500);
    c.script.bulk = [](const Sent& sent) {
        std::vector<std::string> items;
        for (std::size_t i = 0; i < sent.ids.size(); ++i)
            items.push_back(i * 100 < sent.ids.size() * 49 ? item(400, "mapper_parsing_exception", "no") : item(201));
        return itemsAnswer(items);
    };
    QVERIFY(c.run());
    const std::uint64_t rejected = c.bench.ledger().rejected;
    QVERIFY(rejected > 1000);
    QCOMPARE(c.letters(Reason::RejectedByServer).size(), std::size_t{1000});
    QCOMPARE(c.bench.store->deadLettersNotKept().value_or(0), rejected - 1000);
}

void TestDeliverer::sendsDeadLettersToTheirOwnIndexAndNoRefusedOneAgain() {
    Case c;
    c.bench.addBatch(10); // with one line that cannot be read
    c.script.bulk = [](const Sent& sent) {
        std::vector<std::string> items(sent.ids.size(), item(201));
        items[7] = item(400, "mapper_parsing_exception", "failed to parse field [x]");
        return itemsAnswer(items);
    };
    c.script.letterBulk = [](const Sent& sent) {
        std::vector<std::string> items;
        for (const std::string& document : sent.documents)
            items.push_back(document.find("no log line") == std::string::npos ? item(400, "mapper_parsing_exception", "not this one") : item(201));
        return itemsAnswer(items);
    };
    QVERIFY(c.run());
    const Timestamp day = c.letters(Reason::RejectedByServer).at(0).time;
    std::map<std::string, std::string> documents;
    for (const Sent& sent : c.script.letters)
        for (std::size_t i = 0; i < sent.ids.size(); ++i) {
            QVERIFY(documents.emplace(sent.ids[i], sent.documents[i]).second); // each once, also the refused one
            QCOMPARE(sent.indices[i], deadLettersIndex("web", day));
        }
    QCOMPARE(documents.size(), std::size_t{2});
    QVERIFY(documents.contains(c.bench.ids[7]));
    QVERIFY2(documents.at(c.bench.ids[7]).find(R"("type":"rejected")") != std::string::npos, documents.at(c.bench.ids[7]).c_str());
    for (const auto& [id, document] : documents)
        if (id != c.bench.ids[7]) QVERIFY2(document.find(R"("original":"no log line")") != std::string::npos, document.c_str());
    QVERIFY2(c.sentence("elastic.letters_refused").find("not this one") != std::string::npos, c.sentence("elastic.letters_refused").c_str());
    QCOMPARE(c.bench.ledger().rejected, 1ULL); // a letter that is refused is no other dead letter
    QCOMPARE(c.bench.store->deadLetters(10)->size(), std::size_t{2});
    c.bench.open();
    QVERIFY(c.run());
    QCOMPARE(c.script.letters.size(), std::size_t{2});
}

void TestDeliverer::knowsALetterOfAnEarlierRunByItsEcho() {
    Case c;
    c.bench.addBatch(3);
    c.script.letterBulk = [](const Sent&) { return noAnswer(); };
    QVERIFY(!c.run(20));
    QVERIFY(!c.script.letters.empty());
    c.bench.open();
    c.script.letterBulk = [](const Sent& sent) { return all(sent, item(409, "version_conflict_engine_exception", "there already")); };
    QVERIFY(c.run());
    QVERIFY(!c.isOpen("elastic.letters"));
    // Without such a mark it is the document of somebody else.
    c.bench.addBatch(3);
    QVERIFY(!c.run(60));
    QVERIFY(c.isOpen("elastic.letters"));
    QCOMPARE(c.bench.ledger().undelivered, 0ULL); // and keeps back nothing else
}

void TestDeliverer::takesAResolvedLetterOutOfTheIndex() {
    Case c;
    c.bench.addBatch(5);
    QVERIFY(c.run());
    QCOMPARE(c.script.letters.size(), std::size_t{1});
    const auto outcome = c.bench.store->beginRetry({}, true, Timestamp::fromSeconds(1'760'000'100));
    QVERIFY(outcome && outcome->taken == 1);
    QVERIFY(c.bench.store->finishRetry(outcome->id, "chunk"));
    QVERIFY(c.bench.store->deadLetters(10)->empty());
    int calls = 0;
    c.script.letterBulk = [&calls](const Sent& sent) { return ++calls == 1 ? all(sent, item(429)) : itemsAnswer({R"({"delete":{"status":404}})"}); };
    QVERIFY(c.run());
    QCOMPARE(c.script.letters.size(), std::size_t{3});
    QVERIFY(c.script.letters.back().deletes);
    QCOMPARE(c.script.letters.back().ids, c.script.letters.front().ids);
    QCOMPARE(c.script.letters.back().indices, c.script.letters.front().indices);
    QCOMPARE(c.bench.store->lettersWaiting().value_or(9), 0ULL);
}

void TestDeliverer::saysThatNobodyTakesDeadLetters_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("state");
    QTest::newRow("no answer") << 0 << "elastic.unreached" << "Not connected: 1 dead letter waits on disk";
    QTest::newRow("unavailable") << 503 << "elastic.letters" << "1 dead letter on its way";
    QTest::newRow("overloaded") << 429 << "elastic.letters" << "1 dead letter on its way";
}
/// Documents are through, and nothing but dead letters waits.
void TestDeliverer::saysThatNobodyTakesDeadLetters() {
    QFETCH(int, status);
    QFETCH(QString, key);
    QFETCH(QString, state);
    Case c;
    c.bench.addBatch(5);
    c.script.letterBulk = [](const Sent& sent) { return all(sent, item(429)); };
    QVERIFY(c.runUntil([&] { return c.bench.ledger().created == 5; }));
    bool away = true;
    c.script.isUp = [&](const std::string&) { return status != 0 || !away; };
    c.script.letterBulk = [&](const Sent& sent) { return away ? answerOf(status, "later") : created(sent); };
    QVERIFY(!c.run(60));
    QCOMPARE(c.bench.deliverer->part().lettersWaiting, 1ULL);
    QVERIFY2(c.isOpen(key.toStdString()), c.bench.deliverer->part().stage.detail.c_str());
    QVERIFY2(c.sentence(key.toStdString()).find(kUrl) != std::string::npos, c.sentence(key.toStdString()).c_str());
    QCOMPARE(QString::fromStdString(c.bench.deliverer->part().stage.detail), state);
    away = false;
    QVERIFY(c.run());
    QVERIFY(!c.isOpen(key.toStdString()));
    QCOMPARE(c.bench.deliverer->part().stage.detail, std::string("Everything is delivered"));
}

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestDeliverer)
#include "tst_deliverer.moc"
