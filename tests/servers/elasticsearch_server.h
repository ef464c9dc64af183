#pragma once
/// A real Elasticsearch 7.17.29 for a test: started by elasticsearch.sh, ended by its pid when the object goes.
///
/// *Thread:* one; calls wait. *Errors:* `start` returns false and `why()` says it; `isUnreachable()` when Maven Central cannot be
/// reached. *Cost:* about 10 s a start, 1 GB of memory: share one over the tests of a program.
#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace sg {

class ElasticsearchServer {
public:
    ElasticsearchServer();
    ~ElasticsearchServer();
    ElasticsearchServer(const ElasticsearchServer&) = delete;
    ElasticsearchServer& operator=(const ElasticsearchServer&) = delete;

    /// Starts, or starts again on the same port with the same data; `settings` are NAME=VALUE for this start.
    [[nodiscard]] bool start(const QStringList& settings = {});
    bool stop();
    bool kill9();
    bool pause();
    bool resume();
    [[nodiscard]] std::string url() const { return m_url.toStdString(); }
    [[nodiscard]] QString why() const { return m_why; }
    [[nodiscard]] bool isUnreachable() const { return m_unreachable; }
    /// True when STREAMGAUGE_REQUIRE_REAL=1: a test must then fail instead of being skipped.
    [[nodiscard]] static bool isRequired();

    /// One request with its whole answer; `status` 0 = none.
    struct Answer {
        int status = 0;
        QByteArray body;
    };
    [[nodiscard]] Answer request(const QByteArray& method, const QString& path, const QByteArray& body = {}) const;

private:
    bool run(const QStringList& arguments, int timeoutMs);

    QTemporaryDir m_directory;
    QString m_url;
    QString m_why;
    QString m_output;
    bool m_unreachable = false;
    bool m_running = false;
    bool m_paused = false;
};

} // namespace sg
