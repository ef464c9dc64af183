#include "core/pipeline/problem_log.h"

#include <QTest>

#include <spdlog/sinks/ostream_sink.h>
#include <sstream>

using namespace sg;

class TestProblemLog : public QObject {
    Q_OBJECT

    std::ostringstream m_text;
    std::unique_ptr<ProblemLog> m_log;
    ProblemList m_problems;
    SteadyTime m_now{};

    /// What is written for the problems as they are.
    std::string note(Milliseconds later = Milliseconds(0)) {
        m_text.str({});
        m_now += later;
        m_log->note(m_problems.rows(), m_now);
        return m_text.str();
    }

private slots:
    void init() {
        auto logger = std::make_shared<spdlog::logger>("batch", std::make_shared<spdlog::sinks::ostream_sink_mt>(m_text));
        logger->set_pattern("%n %l %v");
        m_log = std::make_unique<ProblemLog>(logger);
        m_problems = {};
    }
    void writesAProblemOnceByItsSeverity() {
        m_problems.raise("a", Severity::Error, "lines are lost", "look there", {});
        m_problems.raise("b", Severity::Warning, "it is slow", "", {});
        QCOMPARE(note(), std::string("batch error lines are lost - look there\nbatch warning it is slow\n"));
        QCOMPARE(note(Milliseconds(60'000)), std::string());
        m_problems.raise("b", Severity::Warning, "it is slow", "", {});
        QCOMPARE(note(Milliseconds(60'000)), std::string());
    }
    void writesWhatHasGrownNotTooOften() {
        m_problems.raise("a", Severity::Error, "1 line is lost", "", {});
        note();
        m_problems.raise("a", Severity::Error, "2 lines are lost", "", {});
        QCOMPARE(note(Milliseconds(9'999)), std::string());
        m_problems.raise("a", Severity::Error, "3 lines are lost", "", {});
        QCOMPARE(note(Milliseconds(1)), std::string("batch error 3 lines are lost\n"));
    }
    void writesTheEndAndTheNextBeginning() {
        m_problems.raise("a", Severity::Warning, "no answer", "", {});
        note();
        m_problems.resolve("a", {});
        QCOMPARE(note(), std::string("batch info over: no answer\n"));
        QCOMPARE(note(), std::string());
        m_problems.raise("a", Severity::Warning, "no answer", "", {});
        QCOMPARE(note(), std::string("batch warning no answer\n"));
    }
};

QTEST_APPLESS_MAIN(TestProblemLog)
#include "tst_problem_log.moc"
