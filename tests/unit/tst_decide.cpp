#include "core/elastic/decide.h"

#include <QTest>

#include <algorithm>

namespace sg {
namespace {

HttpResponse answer(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

std::string item(int status, const std::string& type = {}) {
    std::string out = "{\"create\":{\"status\":" + std::to_string(status);
    if (!type.empty()) out += ",\"error\":{\"type\":\"" + type + "\",\"reason\":\"because\"}";
    return out + "}}";
}

std::string items(const std::vector<std::string>& list) {
    std::string out = "{\"took\":1,\"errors\":true,\"items\":[";
    for (const std::string& one : list) out += (out.back() == '[' ? "" : ",") + one;
    return out + "]}";
}

} // namespace

class TestDecide : public QObject {
    Q_OBJECT
private slots:
    void decidesEachItem_data();
    void decidesEachItem();
    void shortensWhatBringsTooManyNames();
    void decidesTheWholeRequest_data();
    void decidesTheWholeRequest();
    void takesAShortAnswerForUnknown();
    void refusesAnAnswerWithMoreItemsThanSent();
    void holdsAWrongMappingInsteadOfThrowingAway();
    void throwsAwayFewBadDocuments();
    void goesOnHoldingWhatIsLeftOfAHeldBody();
    void waitsWithFullJitter();
};

void TestDecide::decidesEachItem_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("outcome");
    QTest::addColumn<QString>("kind");
    const auto row = [](const char* phrase, int status, const char* type, ItemOutcome outcome, const char* kind = "") {
        QTest::newRow(phrase) << status << type << static_cast<int>(outcome) << kind;
    };
    row("created", 201, "", ItemOutcome::Created);
    row("already there", 409, "version_conflict_engine_exception", ItemOutcome::Conflict);
    row("overloaded", 429, "es_rejected_execution_exception", ItemOutcome::Retry);
    row("failed inside", 503, "unavailable_shards_exception", ItemOutcome::Unknown);
    row("bad document", 400, "mapper_parsing_exception", ItemOutcome::Reject);
    row("write block", 403, "cluster_block_exception", ItemOutcome::Blocked, "write_block");
    row("full disk says 429", 429, "cluster_block_exception", ItemOutcome::Blocked, "write_block");
    row("no index may be made", 404, "index_not_found_exception", ItemOutcome::Blocked, "index_not_found");
    row("too many shards", 400, "validation_exception", ItemOutcome::Blocked, "validation");
    row("closed index", 400, "index_closed_exception", ItemOutcome::Blocked, "index_closed");
    row("bad index name", 400, "invalid_index_name_exception", ItemOutcome::Blocked, "index_name");
    row("no permission", 403, "security_exception", ItemOutcome::Blocked, "permission");
}

void TestDecide::decidesEachItem() {
    QFETCH(const int, status);
    QFETCH(const QString, type);
    QFETCH(const int, outcome);
    QFETCH(const QString, kind);
    const BulkDecision decision = decideBulk(answer(200, items({item(201), item(status, type.toStdString())})), 2);
    QCOMPARE(decision.whole, BulkDecision::Whole::Items);
    QCOMPARE(decision.items.size(), 2U);
    QCOMPARE(decision.items[0], ItemOutcome::Created);
    QCOMPARE(static_cast<int>(decision.items[1]), outcome);
    QCOMPARE(QString::fromStdString(decision.kind), kind);
    if (decision.items[1] == ItemOutcome::Reject) {
        QCOMPARE(decision.errors.size(), 1U);
        QCOMPARE(decision.errors[0].item, 1U);
        QCOMPARE(decision.errors[0].reason, std::string("because"));
    }
}

/// A mapping that holds as many names as it may is no wrong one, however many documents it refuses.
void TestDecide::shortensWhatBringsTooManyNames() {
    const std::string limit = R"("reason":"Limit of total fields [2000] has been exceeded while adding new fields [1]"}})";
    std::vector<std::string> list(100, R"({"create":{"status":400,"error":{"type":"illegal_argument_exception",)" + limit + '}');
    list.resize(200, R"({"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse","caused_by":{)" + limit + "}}");
    const BulkDecision decision = decideBulk(answer(200, items(list)), 200);
    QCOMPARE(decision.kind, std::string());
    QCOMPARE(std::count(decision.items.begin(), decision.items.end(), ItemOutcome::Shorten), 200);
    QCOMPARE(decision.errors.size(), 200U);
    QVERIFY(decision.errors.back().reason.starts_with("failed to parse: Limit of total fields [2000]"));
}

void TestDecide::decidesTheWholeRequest_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("whole");
    QTest::addColumn<QString>("kind");
    const auto row = [](const char* phrase, int status, const char* body, BulkDecision::Whole whole, const char* kind = "") {
        QTest::newRow(phrase) << status << body << static_cast<int>(whole) << kind;
    };
    row("no answer", 0, "", BulkDecision::Whole::Unknown);
    row("overloaded", 429, R"({"error":{"type":"es_rejected_execution_exception","reason":"x"},"status":429})", BulkDecision::Whole::Retry);
    row("server error", 503, "", BulkDecision::Whole::Unknown);
    row("too large", 413, "", BulkDecision::Whole::Split);
    row("not logged in", 401, "", BulkDecision::Whole::Blocked, "authentication");
    row("forbidden", 403, "", BulkDecision::Whole::Blocked, "permission");
    row("not there", 404, "nothing here", BulkDecision::Whole::Blocked, "not_found");
    row("bad request", 400, R"({"error":{"type":"illegal_argument_exception","reason":"newline"}})", BulkDecision::Whole::Blocked,
        "request");
    row("block of the whole cluster", 403, R"({"error":{"type":"cluster_block_exception","reason":"x"}})", BulkDecision::Whole::Blocked,
        "write_block");
    row("redirected", 302, "", BulkDecision::Whole::Blocked, "request");
    row("HTML with 200", 200, "<html>", BulkDecision::Whole::Unknown);
    row("JSON without items", 200, "{}", BulkDecision::Whole::Unknown);
}

void TestDecide::decidesTheWholeRequest() {
    QFETCH(const int, status);
    QFETCH(const QString, body);
    QFETCH(const int, whole);
    QFETCH(const QString, kind);
    const BulkDecision decision = decideBulk(answer(status, body.toStdString()), 3);
    QCOMPARE(static_cast<int>(decision.whole), whole);
    QCOMPARE(QString::fromStdString(decision.kind), kind);
}

void TestDecide::takesAShortAnswerForUnknown() {
    const BulkDecision decision = decideBulk(answer(200, items({item(201)})), 3);
    QCOMPARE(decision.items, (std::vector{ItemOutcome::Created, ItemOutcome::Unknown, ItemOutcome::Unknown}));
}

void TestDecide::refusesAnAnswerWithMoreItemsThanSent() {
    const BulkDecision decision = decideBulk(answer(200, items({item(201), item(201)})), 1);
    QCOMPARE(decision.whole, BulkDecision::Whole::Broken);
    QVERIFY(decision.items.empty());
}

void TestDecide::holdsAWrongMappingInsteadOfThrowingAway() {
    std::vector<std::string> list(50, item(400, "mapper_parsing_exception"));
    list.insert(list.end(), 50, item(201));
    const BulkDecision decision = decideBulk(answer(200, items(list)), 100);
    QCOMPARE(decision.kind, std::string("mapping"));
    QCOMPARE(decision.items.front(), ItemOutcome::Blocked);
    QCOMPARE(decision.items.back(), ItemOutcome::Created);
}

void TestDecide::throwsAwayFewBadDocuments() {
    std::vector<std::string> list(49, item(400, "mapper_parsing_exception"));
    list.insert(list.end(), 51, item(201));
    QCOMPARE(decideBulk(answer(200, items(list)), 100).items.front(), ItemOutcome::Reject);
    QCOMPARE(decideBulk(answer(200, items({item(400, "x")})), 1).items.front(), ItemOutcome::Reject);
}

void TestDecide::goesOnHoldingWhatIsLeftOfAHeldBody() {
    const std::vector<std::string> list(50, item(400, "mapper_parsing_exception"));
    QCOMPARE(decideBulk(answer(200, items(list)), 50, true).items.front(), ItemOutcome::Blocked);
}

void TestDecide::waitsWithFullJitter() {
    QCOMPARE(backoff(0, 0).count(), 0);
    QCOMPARE(backoff(0, UINT32_MAX).count(), 499);
    QCOMPARE(backoff(3, UINT32_MAX).count(), 3999);
    QCOMPARE(backoff(60, UINT32_MAX).count(), 29'999);
    QCOMPARE(probeWait(0, UINT32_MAX).count(), 5000);
    QCOMPARE(probeWait(60, UINT32_MAX).count(), 29'999);
}

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestDecide)
#include "tst_decide.moc"
