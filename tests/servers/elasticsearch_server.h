#pragma once
/// A real Elasticsearch or OpenSearch for a test: started by a script beside this file, ended by its pid when the object goes.
///
/// *Thread:* one; calls wait. *Errors:* `start` returns false and `why()` says it; `isUnreachable()` when the registry cannot be
/// reached. *Cost:* about 10 s a start, 1 GB of memory: share one over the tests of a program.
#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace sg {

/// Which server a test is to have. Secure: TLS, and the users admin, writer and reader of elasticsearch.sh.
struct ServerChoice {
    QString product = QStringLiteral("elasticsearch"); ///< or "opensearch"
    QString version = QStringLiteral("7.17.29");       ///< of Elasticsearch
    bool secure = false;
    QString running;                                   ///< the folder of one that another program has started; empty = start one
    /// SG_SERVER and SG_SERVER_FOLDER of the environment, such as "elasticsearch 8.19.8 secure" or "opensearch"; without them the default.
    [[nodiscard]] static ServerChoice fromEnvironment();
};

class ElasticsearchServer {
public:
    static constexpr const char* kPassword = "changeme"; ///< of every user of a secure one
    explicit ElasticsearchServer(ServerChoice choice = {});
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

    [[nodiscard]] const ServerChoice& choice() const { return m_choice; }
    [[nodiscard]] bool isOpenSearch() const { return m_choice.product == QLatin1String("opensearch"); }
    [[nodiscard]] QString folder() const { return m_choice.running.isEmpty() ? m_directory.path() : m_choice.running; }
    /// Of the authority of a secure one.
    [[nodiscard]] QString caFile() const { return folder() + QStringLiteral("/certificates/ca.crt"); }
    /// What snapshots may lie in.
    [[nodiscard]] QString repository() const { return folder() + QStringLiteral("/repository"); }

    /// One request with its whole answer, by admin where there are users; `status` 0 = none.
    struct Answer {
        int status = 0;
        QByteArray body;
    };
    [[nodiscard]] Answer request(const QByteArray& method, const QString& path, const QByteArray& body = {}) const;

private:
    bool run(const QStringList& arguments, int timeoutMs);

    const ServerChoice m_choice;
    QTemporaryDir m_directory;
    QString m_url;
    QString m_why;
    QString m_output;
    bool m_unreachable = false;
    bool m_running = false;
    bool m_paused = false;
};

} // namespace sg
