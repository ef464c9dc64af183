#include "core/batch/document_reader.h"
#include "core/batch/engine.h"
#include "core/elastic/encode.h"
#include "tests/support/chunk_folder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/mmdb_writer.h"

#include <QTest>

namespace sg {
namespace {

std::string combined(int minute, int second, int status, const std::string& path = "/") {
    char line[1200];
    std::snprintf(line, sizeof line, "203.0.113.9 - - [10/Oct/2025:13:%02d:%02d +0000] \"GET %s HTTP/1.1\" %d 100 \"-\" \"curl/8.0\"\n",
                  minute, second, path.c_str(), status);
    return line;
}

/// A chunk's bytes and the number of its lines.
struct Part {
    std::string bytes;
    std::uint64_t lines = 0;
};

/// A W3C log whose columns change in its middle and within a chunk, cut anywhere between lines: also inside a directive block.
std::vector<Part> w3cParts() {
    const std::string first = "\xEF\xBB\xBF#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n"
                              "#Fields: date time c-ip cs-method cs-uri-stem sc-status\r\n"
                              "2025-10-10 13:00:01 203.0.113.1 GET /one 200\r\n";
    return {{first, 4},
            {"2025-10-10 13:00:02 203.0.113.2 GET /two 404\r\n\r\n#Software: again\r\n#date: 2025-10-11 00:00:00\r\n", 4},
            {"#FIELDS: time sc-status cs-uri-stem cs-method c-ip\r\n00:00:03 500 /three POST 203.0.113.3\r\n", 2},
            {"00:00:04 301 /four GET 203.0.113.4\r\n#Fields: date time c-ip sc-status cs-uri-stem\r\n"
             "2025-10-11 00:00:05 203.0.113.5 206 /five\r\n",
             3},
            {"2025-10-11 00:00:06 203.0.113.6 503 /six\r\n", 1}};
}

/// The documents of all lines, read with one parser from the beginning to the end as `parse` does; each as `contextOf(part, offset)` says.
std::vector<std::string> readAtOnce(const std::string& name, const std::vector<Part>& parts,
                                    const std::function<DocumentContext(std::size_t, std::uint64_t)>& contextOf) {
    std::vector<std::string> documents;
    Enricher enricher(nullptr);
    const auto format = findFormat(name);
    const auto parser = (*format)->makeParser({});
    bool first = true;
    for (std::size_t part = 0; part < parts.size(); ++part) {
        const std::string_view bytes = parts[part].bytes;
        for (std::size_t at = 0, end = 0; at < bytes.size(); at = end + 1) {
            end = std::min(bytes.find('\n', at), bytes.size());
            Event event;
            const LineOutcome outcome = parser->parse(bytes.substr(at, end - at), first, event.record);
            first = false;
            if (outcome.kind != LineOutcome::Kind::Parsed) continue;
            enricher.enrich(event);
            encodeDocument(event, contextOf(part, at), documents.emplace_back());
        }
    }
    return documents;
}

/// A data directory with a store and an engine, on the real file system.
class Bench {
    test::ChunkFolder m_chunks{"abcdefgh"};

public:
    explicit Bench(BatchEngineOptions options = {}) : m_options(std::move(options)) {
        clock.setWall(Timestamp::fromSeconds(1'760'200'000)); // a day after the lines were written
        m_options.data = data;
        m_options.stream = "abcdefgh";
        reopen();
    }
    void reopen() {
        engine.reset();
        store.reset();
        Store::Options options;
        options.path = data.store();
        auto opened = Store::open(options);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
        if (!store->setMeta("stream", "abcdefgh")) std::abort();
        auto made = BatchEngine::open(files, clock, *store, executor, m_options);
        if (!made) qFatal("%s", made.error().message.c_str());
        engine = std::move(*made);
    }
    /// Gives the source a file of its own, or one that only bears its name.
    void writeSource(const std::string& bytes, bool replaced) {
        SourceInfo source;
        source.id = SourceId{1};
        source.path = m_chunks.path() + "/access.log";
        source.fingerprint = "f";
        auto file = files.createNew(source.path);
        if (!file || !(*file)->append(bytes)) std::abort();
        const auto info = (*file)->info();
        if (!info) std::abort();
        source.device = info->device;
        source.inode = info->inode + (replaced ? 1 : 0);
        if (!appendSources(files, data, {source})) std::abort();
        reopen();
    }
    /// The next chunk begins that much further on.
    void skip(std::uint64_t bytes) { m_chunks.skip(bytes); }
    /// Publishes a chunk; returns its path.
    std::string addChunk(const std::string& bytes, std::uint64_t lines) {
        split += lines;
        return m_chunks.publish(bytes, lines, clock.wall());
    }
    /// The documents of a committed batch as the deliverer encodes them; small bodies, so that it stops in the middle of chunks.
    std::vector<std::string> documentsOf(std::uint64_t batch) {
        const auto committed = store->committedBatch(BatchId{batch});
        if (!committed) qFatal("%s", committed.error().message.c_str());
        Enricher enricher(nullptr);
        const std::function<std::string(SourceId)> path = [this](SourceId source) { return engine->sourcePath(source); };
        DocumentReader reader(files, data, *committed, path, enricher, m_options.privacyKey,
                              m_options.places ? m_options.places->named(committed->plan.places) : nullptr);
        std::vector<std::string> documents;
        std::vector<DeadLetter> unreadable;
        while (!reader.atEnd()) {
            BulkBody body(1);
            if (!reader.fill(body, unreadable)) std::abort();
            for (const BulkItem& item : body.items()) {
                const std::string both = body.text().substr(item.offset, item.length);
                const std::size_t begin = both.find('\n') + 1;
                documents.push_back(both.substr(begin, both.size() - 1 - begin));
            }
        }
        if (!unreadable.empty()) qFatal("%s", unreadable.front().raw.c_str());
        return documents;
    }
    bool run() {
        const auto tick = engine->runOnce(tuning);
        if (!tick) qFatal("%s", tick.error().message.c_str());
        return tick->ran;
    }
    Ledger ledger() const {
        Ledger l = engine->part().ledger;
        l.split = split;
        l.lines = split;
        return l;
    }

    PosixFileSystem files;
    ManualClock clock;
    InlineExecutor executor;
    const DataDirectory& data = m_chunks.data();
    std::unique_ptr<Store> store;
    std::unique_ptr<BatchEngine> engine;
    Tuning tuning;
    std::uint64_t split = 0;

private:
    BatchEngineOptions m_options;
};

} // namespace

class TestEngine : public QObject {
    Q_OBJECT

private slots:
    void doesNothingWithoutChunks() {
        Bench bench;
        QVERIFY(!bench.run());
        QCOMPARE(bench.engine->part().batches, 0ULL);
    }

    void takesWhatWaitsInOneBatchAndBalances() {
        Bench bench;
        bench.addChunk(combined(0, 1, 200) + combined(0, 2, 404) + "\n", 3);
        bench.addChunk("nonsense\n" + combined(0, 3, 500), 2);
        QVERIFY(bench.run());
        QVERIFY(!bench.run());
        const Ledger l = bench.ledger();
        QVERIFY2(l.balanced(), l.balanced() ? "" : l.differences().front().c_str());
        QCOMPARE(l.parsed, 3ULL);
        QCOMPARE(l.skipped, 1ULL);
        QCOMPARE(l.deadParse(), 1ULL);
        QCOMPARE(l.notRequested, 3ULL);
        const Totals totals = bench.engine->part().totals;
        QCOMPARE(totals.byStatus[200], 1ULL);
        QCOMPARE(totals.byStatus[404], 1ULL);
        QCOMPARE(totals.byStatus[500], 1ULL);
        QCOMPARE(bench.engine->part().batches, 1ULL);
    }

    void readsAW3cLogAsOneReaderWouldWhereverItWasCut_data() {
        QTest::addColumn<QString>("format");
        QTest::addColumn<bool>("inOneBatch");
        QTest::addColumn<bool>("restarted");
        QTest::newRow("one batch") << "w3c" << true << false;
        QTest::newRow("a batch a chunk") << "w3c" << false << false;
        QTest::newRow("restarted after each batch") << "w3c" << false << true;
        QTest::newRow("recognised") << "auto" << true << false;
        QTest::newRow("recognised, restarted after each batch") << "auto" << false << true;
    }
    void readsAW3cLogAsOneReaderWouldWhereverItWasCut() {
        QFETCH(const QString, format);
        QFETCH(const bool, inOneBatch);
        QFETCH(const bool, restarted);
        BatchEngineOptions options;
        options.format = format.toStdString();
        Bench bench(options);
        const std::vector<Part> parts = w3cParts();
        std::vector<std::uint64_t> starts;
        std::uint64_t position = 0;
        for (const Part& part : parts) {
            starts.push_back(position);
            position += part.bytes.size();
            bench.addChunk(part.bytes, part.lines);
            if (inOneBatch) continue;
            QVERIFY(bench.run());
            if (restarted) bench.reopen();
        }
        if (inOneBatch) QVERIFY(bench.run());
        QVERIFY(bench.engine->refresh());
        const Ledger l = bench.ledger();
        QVERIFY2(l.balanced(), l.balanced() ? "" : l.differences().front().c_str());
        QCOMPARE(l.deadParse(), 0ULL);
        QCOMPARE(l.parsed, 6ULL);
        QCOMPARE(l.skipped, 8ULL);

        std::vector<std::string> delivered;
        for (std::uint64_t batch = 1; batch <= (inOneBatch ? 1 : parts.size()); ++batch)
            for (std::string& document : bench.documentsOf(batch)) delivered.push_back(std::move(document));
        std::string id, chunk;
        const std::string path = bench.engine->sourcePath(SourceId{1});
        const Timestamp arrival = bench.clock.wall();
        const auto expected = readAtOnce("w3c", parts, [&](std::size_t part, std::uint64_t offset) {
            id = documentId("abcdefgh", Sequence{part + 1}, offset);
            chunk = id.substr(0, 18);
            DocumentContext context;
            context.id = id;
            context.filePath = path;
            context.offset = starts[part] + offset;
            context.hasOffset = true;
            context.batch = inOneBatch ? 1 : part + 1;
            context.chunk = chunk;
            context.dataset = datasetName("w3c");
            context.created = arrival;
            return context;
        });
        QCOMPARE(delivered.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            QCOMPARE(QString::fromStdString(delivered[i]), QString::fromStdString(expected[i]));
        const Totals totals = bench.engine->part().totals;
        for (const int status : {200, 404, 500, 301, 206, 503}) QCOMPARE(totals.byStatus[static_cast<std::size_t>(status)], 1ULL);
    }

    void recognisesAW3cLogWhoseHeaderComesAlone() {
        Bench bench;
        bench.addChunk("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n", 2);
        QVERIFY(bench.run());
        bench.reopen();
        bench.addChunk("#Fields: time sc-status c-ip cs-uri-stem\n", 1);
        QVERIFY(bench.run());
        bench.reopen();
        bench.addChunk("13:00:02 404 203.0.113.1 /b\n", 1);
        QVERIFY(bench.run());
        const Ledger l = bench.ledger();
        QCOMPARE(l.skipped, 3ULL);
        QCOMPARE(l.parsed, 1ULL);
        QCOMPARE(bench.engine->part().totals.byStatus[404], 1ULL);
        QCOMPARE(bench.store->sourceFormat(SourceId{1}).value_or(""), std::string("w3c"));
    }

    void looksUpTheHeaderThatStoodInALostChunk() {
        BatchEngineOptions options;
        options.format = "w3c";
        Bench bench(options);
        const std::string first = "#Fields: time sc-status c-ip\n13:00:01 200 203.0.113.1\n";
        const std::string second = "#Fields: time c-ip sc-status\n13:00:02 203.0.113.1 404\n";
        const std::string third = "13:00:03 203.0.113.1 500\n";
        bench.writeSource(first + second + third, false);
        bench.addChunk(first, 2);
        QVERIFY(bench.run());
        const std::string lost = bench.addChunk(second, 2);
        bench.addChunk(third, 1);
        QVERIFY(bench.files.remove(lost));
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().deadParse(), 0ULL);
        QCOMPARE(bench.engine->part().totals.byStatus[500], 1ULL);
    }

    void looksUpTheHeaderOfALogThatItBeginsInTheMiddle_data() {
        QTest::addColumn<QString>("format");
        QTest::addColumn<bool>("replaced");
        QTest::newRow("named") << "w3c" << false;
        QTest::newRow("recognised") << "auto" << false;
        QTest::newRow("another file by now") << "w3c" << true;
    }
    void looksUpTheHeaderOfALogThatItBeginsInTheMiddle() {
        QFETCH(const QString, format);
        QFETCH(const bool, replaced);
        BatchEngineOptions options;
        options.format = format.toStdString();
        Bench bench(options);
        const std::string before = "#Fields: time sc-status c-ip cs-uri-stem\n#Date: 2025-10-10\n13:00:01 200 203.0.113.1 /a\n";
        const std::string line = "13:00:02 404 203.0.113.1 /b\n";
        bench.writeSource(before + line, replaced);
        bench.skip(before.size());
        bench.addChunk(line, 1);
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().parsed, replaced ? 0ULL : 1ULL);
        QCOMPARE(bench.engine->part().totals.byStatus[404], replaced ? 0ULL : 1ULL);
    }

    void readsAPlanAgainWithTheHeaderThatItNames() {
        BatchEngineOptions options;
        options.format = "w3c";
        Bench bench(options);
        const std::vector<Part> parts = w3cParts();
        bench.addChunk(parts[0].bytes, parts[0].lines);
        QVERIFY(bench.run());
        // The plan of the second batch is durable, its commit is not; what comes after must begin with the header behind it.
        const auto before = bench.store->sourceHeader(SourceId{1});
        QVERIFY(before && *before);
        QVERIFY((*before)->text.starts_with("#Fields: date time c-ip"));
        QCOMPARE((*before)->end.value, std::uint64_t{parts[0].bytes.size()});
        bench.addChunk(parts[1].bytes, parts[1].lines);
        bench.addChunk(parts[2].bytes, parts[2].lines);
        QVERIFY(bench.run());
        const auto plan = bench.store->committedBatch(BatchId{2});
        QVERIFY(plan);
        QCOMPARE(plan->plan.chunks[0].header, (*before)->text);
        QVERIFY(plan->plan.chunks[1].header.find("#date: 2025-10-11") != std::string::npos);
        const std::vector<std::string> once = bench.documentsOf(2);
        bench.addChunk(parts[3].bytes, parts[3].lines);
        QVERIFY(bench.run());
        bench.reopen();
        QCOMPARE(bench.documentsOf(2), once); // though other columns are in force by now
    }

    void saysWhichFormatItRecognised() {
        Bench bench;
        std::string bytes, others;
        for (int i = 0; i < 60; ++i) bytes += combined(0, i, 200);
        for (int i = 0; i < 30; ++i) others += "{\"time\":\"2025-10-10T13:00:01Z\",\"remote_addr\":\"203.0.113.7\",\"status\":200}\n";
        bench.addChunk(bytes, 60);
        QVERIFY(bench.run());
        QCOMPARE(bench.engine->part().recognised.size(), std::size_t{1});
        QVERIFY(bench.engine->part().recognised[0].find(": format combined, 100 % of the first 60 lines") != std::string::npos);
        QVERIFY(bench.engine->part().stage.problems.empty());
        Bench mixed;
        mixed.addChunk(bytes + others, 90);
        QVERIFY(mixed.run());
        const std::vector<Problem>& problems = mixed.engine->part().stage.problems;
        QCOMPARE(problems.size(), std::size_t{1});
        const std::string& sentence = problems[0].sentence;
        QVERIFY2(sentence.find("json reads 30 of those that combined does not") != std::string::npos, sentence.c_str());
    }

    void readsAW3cChunkOfSeveralPieces_data() {
        QTest::addColumn<int>("other");
        QTest::newRow("one header for all of it") << 60'000;
        QTest::newRow("other columns in the first piece") << 6'000;
        QTest::newRow("other columns in the last piece") << 54'000;
        QTest::newRow("other columns at the end") << 59'999;
    }
    /// Up to the last header line a chunk is read by one parser, behind it in slices.
    void readsAW3cChunkOfSeveralPieces() {
        QFETCH(int, other);
        BatchEngineOptions options;
        options.format = "w3c";
        Bench bench(options);
        std::string bytes = "#Fields: date time c-ip sc-status cs-uri-stem\n";
        constexpr int kLines = 60'000; // some 2.6 MiB
        for (int i = 0; i < kLines; ++i) {
            if (i == other) bytes += "#Fields: date time sc-status c-ip cs-uri-stem\n";
            bytes += i < other ? "2025-10-10 13:00:01 203.0.113.1 200 /a\n" : "2025-10-10 13:00:01 404 203.0.113.1 /a\n";
        }
        bench.addChunk(bytes, kLines + (other < kLines ? 2 : 1));
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().deadParse(), 0ULL);
        QCOMPARE(bench.engine->part().totals.byStatus[200], static_cast<std::uint64_t>(other));
        QCOMPARE(bench.engine->part().totals.byStatus[404], static_cast<std::uint64_t>(kLines - other));
        QCOMPARE(bench.ledger().skipped, other < kLines ? 2ULL : 1ULL);
        bench.addChunk("2025-10-10 13:00:02 " + std::string(other < kLines ? "404 203.0.113.1" : "203.0.113.1 404") + " /a\n", 1);
        QVERIFY(bench.run());
        QCOMPARE(bench.engine->part().totals.byStatus[404], static_cast<std::uint64_t>(kLines - other + 1));
    }

    void showsAViewerW3cLinesByTheColumnsInForce() {
        BatchEngineOptions options;
        options.format = "w3c";
        Bench bench(options);
        QVERIFY(bench.engine->view(ViewRequest(), false));
        std::string bytes = "#Fields: date time sc-status c-ip cs-uri-stem\n";
        for (int i = 0; i < 300; ++i) bytes += "2025-10-10 13:00:01 404 203.0.113.1 /a\n";
        bench.addChunk(bytes, 301);
        QVERIFY(bench.run());
        const auto tail = bench.engine->tail();
        QVERIFY(tail && tail->lines.size() == 200);
        for (const TailLine& line : tail->lines) QCOMPARE(line.status, 404);
    }

    void showsTheNewestLinesToAViewer() {
        Bench bench;
        bench.addChunk(combined(0, 1, 200), 1);
        QVERIFY(bench.run());
        QVERIFY(bench.engine->tail() == nullptr); // nobody looks
        QVERIFY(bench.engine->view(ViewRequest(), false));
        std::string many;
        for (int i = 0; i < 180; ++i) many += combined(1, i % 60, 200, "/first/x");
        many.insert(many.rfind("/first/x") + 7, 5000, 'x'); // the last one is longer than what is shown
        bench.addChunk(many, 180);
        std::string last = combined(2, 7, 404, "/gone");
        last.pop_back(); // torn
        bench.addChunk(combined(2, 5, 500, "/failed") + "nonsense\n" + last, 3);
        QVERIFY(bench.run());
        const auto tail = bench.engine->tail();
        QVERIFY(tail);
        QCOMPARE(tail->batch.value, 2ULL);
        QCOMPARE(tail->linesInBatch, 183ULL);
        QCOMPARE(tail->lines.size(), std::size_t{183});
        const TailLine& gone = tail->lines.back();
        QCOMPARE(gone.raw, last);
        QCOMPARE(gone.status, 404);
        QCOMPARE(gone.time.seconds() % 3600, 127LL);
        QCOMPARE(tail->lines[181].raw, std::string("nonsense"));
        QVERIFY(tail->lines[181].reason != Reason::None);
        QCOMPARE(tail->lines[181].status, -1);
        QCOMPARE(tail->lines[180].status, 500);
        QCOMPARE(tail->lines[179].raw.size(), kTailLineBytes);
        QCOMPARE(tail->lines[0].offset, combined(0, 1, 200).size());
        QCOMPARE(tail->lines[180].offset, combined(0, 1, 200).size() + many.size());
        // At most five times a second, and never more than 200.
        bench.addChunk(combined(3, 0, 200), 1);
        QVERIFY(bench.run());
        QCOMPARE(bench.engine->tail(), tail);
        bench.clock.advance(Milliseconds(250));
        std::string more;
        for (int i = 0; i < 5000; ++i) more += combined(4, i % 60, 200, "/" + std::to_string(i));
        bench.addChunk(more, 5000);
        QVERIFY(bench.run());
        QCOMPARE(bench.engine->tail()->lines.size(), kTailLines);
        QVERIFY(bench.engine->tail()->lines.back().raw.find("/4999 ") != std::string::npos);
        QVERIFY(bench.engine->tail()->lines.front().raw.find("/4800 ") != std::string::npos);
    }

    void showsDeadLettersToAViewer() {
        Bench bench;
        bench.addChunk("nonsense\n" + combined(0, 1, 200), 2);
        QVERIFY(bench.run());
        QVERIFY(bench.engine->deadLetters() == nullptr);
        QVERIFY(bench.engine->view(ViewRequest(), false));
        const auto first = bench.engine->deadLetters();
        QVERIFY(first);
        QCOMPARE(first->rows.size(), std::size_t{1});
        QCOMPARE(first->rows[0].raw, std::string("nonsense"));
        QCOMPARE(first->rows[0].source, std::string("/var/log/access.log"));
        QVERIFY(!first->rows[0].rejected);
        bench.clock.advance(Milliseconds(5000));
        QVERIFY(bench.engine->view(ViewRequest(), false));
        QCOMPARE(bench.engine->deadLetters(), first); // no new one
        std::string many;
        for (int i = 0; i < 1500; ++i) many += "nonsense " + std::to_string(i) + '\n';
        bench.addChunk(many, 1500);
        QVERIFY(bench.run());
        QVERIFY(bench.engine->view(ViewRequest(), false));
        const auto second = bench.engine->deadLetters();
        QCOMPARE(second->rows.size(), kShownDeadLetters);
        QCOMPARE(second->byReason[static_cast<std::size_t>(first->rows[0].reason)], 1501ULL);
        QCOMPARE(second->notKept, 500ULL);
        bench.addChunk("once more\n", 1);
        QVERIFY(bench.run());
        QVERIFY(bench.engine->view(ViewRequest(), false));
        QCOMPARE(bench.engine->deadLetters(), second); // at most once a second
        bench.clock.advance(Milliseconds(1000));
        QVERIFY(bench.engine->view(ViewRequest(), false));
        QCOMPARE(bench.engine->deadLetters()->rows.front().raw, std::string("once more"));
    }

    void readsALineThatCrossesPiecesOnce() {
        Bench bench;
        std::string bytes;
        std::uint64_t lines = 0;
        // More than three pieces of 1 MiB, with lines of many lengths over the borders.
        while (bytes.size() < (3U << 20U) + 1000) {
            bytes += combined(static_cast<int>(lines / 60 % 60), static_cast<int>(lines % 60), 200, "/" + std::string(lines % 977, 'x'));
            ++lines;
        }
        bench.addChunk(bytes, lines);
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().parsed, lines);
        QVERIFY(bench.ledger().balanced());
    }

    void readsATornLastLine() {
        Bench bench;
        std::string torn = combined(0, 1, 200);
        torn.pop_back();
        bench.addChunk(combined(0, 0, 200) + torn, 2);
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().parsed, 2ULL);
    }

    void limitsABatchByFilesAndSaysThatThereIsMore() {
        Bench bench;
        for (int i = 0; i < 5; ++i) bench.addChunk(combined(0, i, 200), 1);
        bench.tuning.batch.maxFiles = 2;
        const auto first = bench.engine->runOnce(bench.tuning);
        QVERIFY(first && first->ran && first->more);
        QCOMPARE(bench.ledger().waiting, 3ULL);
        QVERIFY(bench.ledger().balanced());
        QVERIFY(bench.run());
        QVERIFY(bench.run());
        QVERIFY(!bench.run());
        QCOMPARE(bench.engine->part().batches, 3ULL);
    }

    void takesAtLeastOneFileWhateverTheLimit() {
        Bench bench;
        std::string bytes;
        for (int i = 0; i < 20'000; ++i) bytes += combined(0, 0, 200);
        bench.addChunk(bytes, 20'000);
        bench.tuning.batch.maxBytes = 1U << 20U;
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().parsed, 20'000ULL);
    }

    void countsAGapAsLost() {
        Bench bench;
        bench.addChunk(combined(0, 1, 200), 1);
        const std::string gone = bench.addChunk(combined(0, 2, 200) + combined(0, 3, 200), 2);
        bench.addChunk(combined(0, 4, 200), 1);
        bench.tuning.batch.maxFiles = 1;
        QVERIFY(bench.run()); // all three were listed
        QVERIFY(bench.files.remove(gone));
        bench.tuning.batch.maxFiles = 10;
        QVERIFY(bench.run());
        const Ledger l = bench.ledger();
        QCOMPARE(l.lost, 2ULL);
        QCOMPARE(l.parsed, 2ULL);
        QVERIFY2(l.balanced(), l.balanced() ? "" : l.differences().front().c_str());
        QCOMPARE(bench.engine->part().stage.problems.front().severity, Severity::Error);
    }

    void countsAPlannedChunkThatVanishedAsLost() {
        Bench bench;
        const std::string path = bench.addChunk(combined(0, 1, 200) + combined(0, 2, 200), 2);
        Plan plan;
        plan.id = BatchId{1};
        plan.planned = bench.clock.wall();
        plan.first = plan.last = Sequence{1};
        PlannedChunk planned;
        planned.chunk = *ChunkRef::parseFileName(path.substr(path.rfind('/') + 1));
        planned.chunk.length = ByteCount{10};
        planned.format = "combined";
        plan.chunks.push_back(planned);
        plan.lines = 2;
        QVERIFY(bench.store->savePlan(plan));
        QVERIFY(bench.files.remove(path));
        bench.reopen();
        QVERIFY(bench.run());
        const Ledger l = bench.ledger();
        QCOMPARE(l.lost, 2ULL);
        QVERIFY2(l.balanced(), l.balanced() ? "" : l.differences().front().c_str());
    }

    void finishesAPlanOfAnEarlierRunFirst() {
        Bench bench;
        const std::string path = bench.addChunk(combined(0, 1, 200) + combined(0, 2, 200), 2);
        Plan plan;
        plan.id = BatchId{1};
        plan.planned = bench.clock.wall();
        plan.first = plan.last = Sequence{1};
        PlannedChunk planned;
        planned.chunk = *ChunkRef::parseFileName(path.substr(path.rfind('/') + 1));
        planned.chunk.length = ByteCount{bench.files.stat(path)->size};
        planned.format = "combined";
        plan.chunks.push_back(planned);
        plan.lines = 2;
        QVERIFY(bench.store->savePlan(plan));
        bench.reopen();
        bench.addChunk(combined(0, 3, 200), 1);
        QVERIFY(bench.run());
        QVERIFY(bench.engine->part().current.recovered);
        QCOMPARE(bench.ledger().parsed, 2ULL);
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().parsed, 3ULL);
        QVERIFY(bench.ledger().balanced());
    }

    void countsLinesBehindTheWatermarkAsLateButKeepsThem() {
        Bench bench;
        bench.addChunk(combined(30, 0, 200), 1);
        QVERIFY(bench.run());
        bench.addChunk(combined(10, 0, 404) + combined(29, 0, 200), 2);
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().late, 1ULL);
        QCOMPARE(bench.ledger().parsed, 3ULL);
        QCOMPARE(bench.engine->part().totals.byStatus[404], 1ULL);
        QCOMPARE(*bench.store->minuteLines(), 3ULL);
    }

    void releasesChunksThatNobodyWaitsFor() {
        Bench bench;
        const std::string path = bench.addChunk(combined(0, 1, 200), 1);
        QVERIFY(bench.run());
        QVERIFY(bench.engine->release(bench.tuning));
        QVERIFY(!bench.files.stat(path));
        const auto released = readReleased(bench.files, bench.data);
        QVERIFY(released);
        QCOMPARE(released->lines().value, 1ULL);
        QCOMPARE(released->last.value, 1ULL);
        QVERIFY(bench.engine->release(bench.tuning));
        QCOMPARE(readReleased(bench.files, bench.data)->lines().value, 1ULL);
    }

    void archivesByDayWhenAsked() {
        Bench bench;
        bench.clock.setWall(Timestamp::fromSeconds(1'760'000'000)); // 2025-10-09
        const std::string path = bench.addChunk(combined(0, 1, 200), 1);
        bench.tuning.batch.release = ReleaseAction::Archive;
        QVERIFY(bench.run());
        QVERIFY(bench.engine->release(bench.tuning));
        QVERIFY(!bench.files.stat(path));
        QVERIFY(bench.files.stat(bench.data.archive() + "/2025-10-09/" + path.substr(path.rfind('/') + 1)));
    }

    void takesPersonalDataOutAsThePlanSaysHoweverOftenItIsReplayed() {
        BatchEngineOptions options;
        options.privacyKey.fill(7);
        Bench bench(options);
        const std::string line = "198.51.100.77 - alice [10/Oct/2025:13:00:01 +0000] \"GET /a?token=secret HTTP/1.1\" 200 1 \"-\" \"x\"\n";
        const auto holds = [](const std::string& text) {
            return text.find("198.51.100.77") != std::string::npos || text.find("alice") != std::string::npos ||
                   text.find("secret") != std::string::npos;
        };
        bench.tuning.privacy = {24, 48, QueryPrivacy::Drop, {}, UserPrivacy::Hash, false};
        bench.addChunk(line + "198.51.100.77 alice secret\n", 2);
        QVERIFY(bench.engine->view({}, false));
        QVERIFY(bench.run());
        const std::vector<std::string> first = bench.documentsOf(1);
        QCOMPARE(first.size(), std::size_t{1});
        QVERIFY2(!holds(first[0]) && first[0].find("198.51.100.0") != std::string::npos, first[0].c_str());

        const auto letters = bench.store->deadLetters(10);
        QVERIFY(letters && letters->size() == 1);
        QCOMPARE((*letters)[0].raw, std::string());
        QVERIFY2((*letters)[0].detail.ends_with("raw line withheld"), (*letters)[0].detail.c_str());
        QCOMPARE(bench.ledger().deadParse(), 1ULL);
        QVERIFY(bench.ledger().balanced());
        const auto tail = bench.engine->tail();
        QVERIFY(tail && tail->lines.size() == 2);
        QVERIFY2(tail->lines[0].raw.starts_with("198.51.100.0 - ") && !holds(tail->lines[0].raw), tail->lines[0].raw.c_str());
        QVERIFY(tail->lines[1].raw.empty() && tail->lines[1].reason != Reason::None);
        QCOMPARE(bench.engine->part().addresses.entries.front().key, std::string("198.51.100.0"));

        bench.tuning.privacy = {};
        bench.addChunk(line, 1);
        QVERIFY(bench.run());
        bench.reopen();
        QVERIFY(holds(bench.documentsOf(2).front()));
        QVERIFY(bench.documentsOf(1) == first);
    }

    void namesTheDatabasesOfPlacesInThePlanAndReadsThemAgainWhenTheyChange() {
        QTemporaryDir folder;
        const std::string path = folder.filePath("city.mmdb").toStdString();
        PosixFileSystem files;
        const auto write = [&](const std::string& content) {
            if (!files.replaceDurably(path, content)) qFatal("no database");
        };
        const auto london = [](const char* city) {
            test::MmdbWriter writer;
            writer.add("203.0.113.0/24", test::mmdb::city("GB", "United Kingdom", city, 51.5, -0.1));
            return writer.bytes("GeoLite2-City");
        };
        BatchEngineOptions options;
        options.places = std::make_shared<PlaceFiles>(files);
        Bench bench(options);
        bench.tuning.places.databases = path;
        const auto runNext = [&] {
            bench.addChunk(combined(0, 1, 200), 1);
            const bool ran = bench.run();
            bench.clock.advance(std::chrono::seconds(2));
            return ran;
        };
        const auto problems = [&] {
            std::string sentences;
            for (const Problem& problem : bench.engine->part().stage.problems)
                if (!problem.resolved) sentences += problem.sentence;
            return sentences;
        };
        QVERIFY(runNext()); // there is no such file yet: nothing is lost
        QVERIFY2(problems().find("city.mmdb") != std::string::npos, problems().c_str());
        QVERIFY(bench.documentsOf(1).front().find("\"geo\"") == std::string::npos);
        write(london("London"));
        QVERIFY(runNext());
        QCOMPARE(problems(), std::string());
        const std::vector<std::string> second = bench.documentsOf(2);
        QVERIFY2(second.front().find("\"city_name\":\"London\",\"location\":{\"lat\":51.5,\"lon\":-0.1}") != std::string::npos,
                 second.front().c_str());
        write(london("Greater London"));
        QVERIFY(runNext());
        QVERIFY(bench.documentsOf(3).front().find("\"city_name\":\"Greater London\"") != std::string::npos);
        QVERIFY(bench.documentsOf(2) == second); // the databases of its plan are still there
        write("no database any more");
        QVERIFY(runNext());
        QVERIFY2(problems().find("is not a database of places or networks") != std::string::npos, problems().c_str());
        QVERIFY(bench.documentsOf(4).front().find("Greater London") != std::string::npos);
        bench.tuning.places.databases.clear();
        QVERIFY(runNext());
        QVERIFY(bench.documentsOf(5).front().find("\"geo\"") == std::string::npos);
        QCOMPARE(bench.engine->part().countries.entries.size(), std::size_t{1});
        QCOMPARE(bench.engine->part().countries.entries.front().count, 3ULL);
        QVERIFY(bench.ledger().balanced());
    }

    void keepsChunksThatATargetWaitsFor() {
        BatchEngineOptions options;
        options.target = [] { return Target{"http://127.0.0.1:1/x", "http://127.0.0.1:1", "x"}; };
        Bench bench(options);
        const std::string path = bench.addChunk(combined(0, 1, 200), 1);
        QVERIFY(bench.run());
        QVERIFY(bench.engine->release(bench.tuning));
        QVERIFY(bench.files.stat(path));
        QCOMPARE(bench.ledger().undelivered, 1ULL);
        DeliveryCommit delivery;
        delivery.id = BatchId{1};
        delivery.target = "http://127.0.0.1:1/x";
        delivery.created = 1;
        QVERIFY(bench.store->commitDelivery(delivery));
        QVERIFY(bench.engine->release(bench.tuning));
        QVERIFY(!bench.files.stat(path));
        QVERIFY(bench.engine->refresh());
        QCOMPARE(bench.ledger().created, 1ULL);
        QVERIFY(bench.ledger().balanced());
    }

    void abandonsTheOldestOfAFullQueueWhenItShallDrop_data() {
        QTest::addColumn<bool>("drop");
        QTest::newRow("it shall wait") << false;
        QTest::newRow("it shall drop") << true;
    }
    void abandonsTheOldestOfAFullQueueWhenItShallDrop() {
        QFETCH(bool, drop);
        BatchEngineOptions options;
        options.target = [] { return Target{"http://127.0.0.1:1/x", "http://127.0.0.1:1", "x"}; };
        Bench bench(options);
        std::string lines;
        for (int i = 0; i < 50; ++i) lines += combined(0, i, 200);
        bench.tuning.split.queueBytes = lines.size() * 8; // six of them may wait for delivery
        bench.tuning.split.whenFull = drop ? WhenFull::Drop : WhenFull::Wait;
        std::vector<std::string> paths;
        for (int i = 0; i < 8; ++i) {
            paths.push_back(bench.addChunk(lines, 50));
            QVERIFY(bench.run());
            if (i == 0) QVERIFY(*bench.store->markSent(BatchId{1}, "http://127.0.0.1:1/x")); // may have arrived
            QVERIFY(bench.engine->release(bench.tuning));
            QVERIFY(bench.ledger().balanced());
        }
        QCOMPARE(bench.ledger().abandoned, drop ? 100ULL : 0ULL);
        QCOMPARE(bench.ledger().undelivered, drop ? 300ULL : 400ULL);
        for (std::size_t i = 0; i < paths.size(); ++i) QCOMPARE(bench.files.stat(paths[i]).has_value(), !drop || (i != 1 && i != 2));
        const auto& problems = bench.engine->part().stage.problems;
        QCOMPARE(problems.size(), drop ? std::size_t{1} : std::size_t{0});
        if (drop) {
            QCOMPARE(problems[0].severity, Severity::Error);
            QVERIFY2(problems[0].sentence.starts_with("100 documents for http://127.0.0.1:1/x were abandoned"),
                     problems[0].sentence.c_str());
        }
        bench.reopen();
        QVERIFY(!bench.run());
        QVERIFY(bench.ledger().balanced());
        QCOMPARE(bench.ledger().abandoned, drop ? 100ULL : 0ULL);
    }

    void plansNoMoreThanAnEighthOfAQueueThatDrops() {
        BatchEngineOptions options;
        options.target = [] { return Target{"http://127.0.0.1:1/x", "http://127.0.0.1:1", "x"}; };
        Bench bench(options);
        std::string lines;
        for (int i = 0; i < 50; ++i) lines += combined(0, i, 200);
        for (int i = 0; i < 4; ++i) bench.addChunk(lines, 50);
        bench.tuning.split.queueBytes = lines.size() * 16;
        bench.tuning.split.whenFull = WhenFull::Drop;
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().parsed, 100ULL);
        bench.tuning.split.whenFull = WhenFull::Wait;
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().parsed, 200ULL);
    }

    void finishesARemovalThatAKillInterrupted_data() {
        QTest::addColumn<bool>("archive");
        QTest::newRow("to delete") << false;
        QTest::newRow("to archive") << true;
    }
    void finishesARemovalThatAKillInterrupted() {
        QFETCH(bool, archive);
        Bench bench;
        bench.tuning.batch.release = archive ? ReleaseAction::Archive : ReleaseAction::Delete;
        bench.clock.setWall(Timestamp::fromSeconds(1'760'000'000)); // 2025-10-09
        const std::string path = bench.addChunk(combined(0, 1, 200), 1);
        const std::string copy = path + ".kept";
        QVERIFY(bench.run());
        QVERIFY(QFile::copy(QString::fromStdString(path), QString::fromStdString(copy)));
        QVERIFY(bench.engine->release(bench.tuning));
        const std::string archived = bench.data.archive() + "/2025-10-09/" + path.substr(path.rfind('/') + 1);
        if (archive) QVERIFY(bench.files.remove(archived));
        QVERIFY(bench.files.rename(copy, path));
        bench.reopen();
        QVERIFY(bench.engine->release(bench.tuning));
        QVERIFY(!bench.files.stat(path));
        QCOMPARE(bench.files.stat(archived).has_value(), archive);
        QVERIFY(!bench.run());
        QCOMPARE(readReleased(bench.files, bench.data)->lines().value, 1ULL);
        QVERIFY(bench.ledger().balanced());
    }

    void decidesAFormatOnceForASource() {
        Bench bench;
        std::string lines;
        for (int i = 0; i < 25; ++i) lines += combined(0, i, 200);
        bench.addChunk(lines, 25);
        QVERIFY(bench.run());
        QCOMPARE(*bench.store->sourceFormat(SourceId{1}), std::string("combined"));
        bench.addChunk("HTTP:203 hadoop.apache.org /products.html 52.179.2.250\n", 1);
        QVERIFY(bench.run());
        QCOMPARE(bench.ledger().deadParse(), 1ULL);
    }

    void raisesOneProblemWhenMostLinesAreDead() {
        Bench bench;
        std::string lines;
        for (int i = 0; i < 30; ++i) lines += "this is no access log\n";
        bench.addChunk(lines, 30);
        bench.addChunk(lines, 30);
        bench.tuning.batch.maxFiles = 1;
        QVERIFY(bench.run());
        QVERIFY(bench.run());
        QCOMPARE(bench.engine->part().stage.problems.size(), std::size_t{1});
        QCOMPARE(bench.engine->part().stage.problems.front().count, 2ULL);
        QCOMPARE(bench.ledger().deadParse(), 60ULL);
    }

    void givesTheSameResultOnAnyNumberOfThreads() {
        // The same chunks with one worker and with several pieces in flight: exact parts must agree.
        Bench one;
        std::string bytes;
        std::uint64_t lines = 0;
        while (bytes.size() < (2U << 20U)) {
            bytes += lines % 50 == 0 ? std::string("broken\n") : combined(static_cast<int>(lines % 60), 0, lines % 9 == 0 ? 404 : 200);
            ++lines;
        }
        one.addChunk(bytes, lines);
        QVERIFY(one.run());
        const auto commit = one.store->committedBatch(BatchId{1});
        QVERIFY(commit);
        QCOMPARE(commit->ranges.size(), (lines + 49) / 50);
        std::uint64_t offset = 0;
        for (std::uint64_t line = 0, range = 0; line < lines; ++line) {
            if (line % 50 == 0) QCOMPARE(commit->ranges[range++].offset, offset);
            offset = bytes.find('\n', offset) + 1;
        }
    }
};

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestEngine)
#include "tst_engine.moc"
