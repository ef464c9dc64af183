#include "core/split/cutter.h"
#include "core/split/digest.h"
#include "core/split/newlines.h"

#include <QTest>

#include <random>

using namespace sg;

namespace {
constexpr SteadyTime kStart{std::chrono::hours(1)};
CutRules rulesOf(std::uint64_t lines, int minMs, int maxMs, std::size_t bytes) {
    return {lines, Milliseconds(minMs), Milliseconds(maxMs), bytes};
}
} // namespace

class CutterTest : public QObject {
    Q_OBJECT
private slots:
    void countsNewlinesAsOneByOneWould();
    void digestsTheSameInAnyPieces();
    void putsTheSourceTogetherAgain_data();
    void putsTheSourceTogetherAgain();
    void stampsTheFirstLineThatIsLeft();
};

void CutterTest::countsNewlinesAsOneByOneWould() {
    std::mt19937_64 random(1);
    for (std::size_t size = 0; size < 5000; size += 1 + size / 7) {
        std::string text(size, '\0');
        for (char& c : text) c = "\n\n\x0b\x8a\t\x09 a"[random() % 8];
        QCOMPARE(countNewlines(text), static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')));
    }
    const std::string all(100'000, '\n');
    QCOMPARE(countNewlines(all), std::uint64_t{100'000});
}

void CutterTest::digestsTheSameInAnyPieces() {
    std::mt19937_64 random(2);
    std::string text(3001, '\0');
    for (char& c : text) c = static_cast<char>(random());
    const std::string whole = Digest::of(text);
    for (int round = 0; round < 50; ++round) {
        Digest digest;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t n = std::min<std::size_t>(random() % 40, text.size() - at);
            digest.add(std::string_view(text).substr(at, n));
            at += n;
        }
        QCOMPARE(digest.hex(), whole);
    }
    QVERIFY(Digest::of("") != Digest::of(std::string(1, '\0')));
    QVERIFY(Digest::of("a\n") != Digest::of("b\n"));
}

void CutterTest::putsTheSourceTogetherAgain_data() {
    QTest::addColumn<quint64>("lines");
    QTest::addColumn<int>("minMs");
    QTest::addColumn<quint64>("bytes");
    for (const quint64 lines : {1, 7, 1000})
        for (const int minMs : {0, 20})
            for (const quint64 bytes : {64U << 10U, 16U << 20U})
                QTest::addRow("%d lines, %d ms, %d bytes", int(lines), minMs, int(bytes)) << lines << minMs << bytes;
}

/// Random lines (some above 1 MiB) in random pieces at random times: cuts and gaps make up the source, and counts are right.
void CutterTest::putsTheSourceTogetherAgain() {
    QFETCH(quint64, lines);
    QFETCH(int, minMs);
    QFETCH(quint64, bytes);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        std::mt19937_64 random(seed);
        std::string source;
        for (int i = 0; i < 3000; ++i) {
            const std::size_t length = random() % 700 == 0 ? kLongestLine - 2 + random() % 5 * 1000 : random() % 200;
            source += std::string(length, static_cast<char>('a' + i % 26)) + '\n';
        }
        source += "torn";
        const CutRules rules = rulesOf(lines, minMs, 500, bytes);
        Cutter cutter;
        cutter.start(0, Cutter::Before::Line);
        SteadyTime now = kStart;
        std::uint64_t counted = 0, cut = 0, end = 0, covered = 0;
        const auto takeAll = [&](Cutter::Until until) {
            while (const auto next = cutter.next(now, rules, until)) {
                QVERIFY(cutter.offset() >= end);
                QVERIFY(cutter.bytesOf(*next) == std::string_view(source).substr(cutter.offset(), next->bytes));
                QVERIFY(next->bytes <= bytes || next->lines == 1);
                const std::uint64_t newlines = countNewlines(cutter.bytesOf(*next));
                QVERIFY(next->lines == newlines + (cutter.bytesOf(*next).back() == '\n' ? 0 : 1));
                end = cutter.offset() + next->bytes;
                cut += next->lines;
                covered += next->bytes;
                cutter.take(*next, now);
            }
        };
        for (std::size_t at = 0; at < source.size();) {
            const std::size_t n = std::min<std::size_t>(1 + random() % (256U << 10U), source.size() - at);
            counted += cutter.add(std::string_view(source).substr(at, n), Timestamp{}, now, lines);
            at += n;
            now += Milliseconds(random() % 15);
            takeAll(Cutter::Until::Due);
        }
        takeAll(Cutter::Until::WholeLines);
        QCOMPARE(cut, counted);
        takeAll(Cutter::Until::End);
        QCOMPARE(cut, std::uint64_t{3001});
        QCOMPARE(covered + cutter.cutBytes(), source.size());
        QVERIFY(cutter.empty());
    }
}

void CutterTest::stampsTheFirstLineThatIsLeft() {
    Cutter cutter;
    cutter.start(0, Cutter::Before::Line);
    const CutRules rules = rulesOf(2, 0, 500, 16U << 20U);
    cutter.add("1\n2\n3", Timestamp{1'000'000}, kStart, 2);
    cutter.add("\n4\n", Timestamp{2'000'000}, kStart + Milliseconds(5), 2);
    const auto first = cutter.next(kStart + Milliseconds(5), rules, Cutter::Until::Due);
    QVERIFY(first && first->lines == 2 && first->arrival.ns == 1'000'000);
    cutter.take(*first, kStart + Milliseconds(5));
    const auto second = cutter.next(kStart + Milliseconds(5), rules, Cutter::Until::Due);
    QVERIFY(second && second->lines == 2 && second->arrival.ns == 2'000'000);
}

QTEST_APPLESS_MAIN(CutterTest)
#include "tst_cutter.moc"
