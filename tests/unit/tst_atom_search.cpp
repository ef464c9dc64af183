#include "core/enrich/atom_search.h"

#include <QtTest>
#include <random>

using namespace sg;

class TestAtomSearch : public QObject {
    Q_OBJECT

private slots:
    void findsOverlappingAtoms() {
        const AtomSearch search({"he", "she", "his", "hers"});
        std::vector<int> found;
        search.find("ushers", found);
        QCOMPARE(found, (std::vector<int>{0, 1, 3}));
        search.find("HIS", found);
        QCOMPARE(found, (std::vector<int>{2}));
        search.find("xyz", found);
        QVERIFY(found.empty());
        QVERIFY(!search.any("xyz"));
        QVERIFY(search.any("the"));
    }

    void findsNothingWithoutAtoms() {
        std::vector<int> found = {1};
        AtomSearch({}).find("abc", found);
        QVERIFY(found.empty());
    }

    void agreesWithAPlainSearch() {
        std::mt19937 random(7);
        const auto word = [&](std::size_t length) {
            std::string text;
            for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('a' + random() % 3);
            return text;
        };
        for (int round = 0; round < 200; ++round) {
            std::vector<std::string> atoms;
            for (int i = 0; i < 12; ++i)
                if (const std::string atom = word(1 + random() % 5); std::find(atoms.begin(), atoms.end(), atom) == atoms.end())
                    atoms.push_back(atom);
            const std::string text = word(30);
            std::vector<int> expected;
            for (std::size_t i = 0; i < atoms.size(); ++i)
                if (text.find(atoms[i]) != std::string::npos) expected.push_back(static_cast<int>(i));
            std::vector<int> found;
            AtomSearch(atoms).find(text, found);
            QCOMPARE(found, expected);
        }
    }
};

QTEST_APPLESS_MAIN(TestAtomSearch)
#include "tst_atom_search.moc"
