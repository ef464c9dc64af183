#include "tests/servers/elasticsearch_server.h"

#include <QEventLoop>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QUrl>

namespace sg {
namespace {
constexpr int kUnreachable = 3;   // the script's exit code
constexpr int kStartMs = 300'000; // the first start fetches the distribution
constexpr int kVerbMs = 60'000;
} // namespace

ServerChoice ServerChoice::fromEnvironment() {
    ServerChoice choice;
    const QStringList words = qEnvironmentVariable("SG_SERVER").split(' ', Qt::SkipEmptyParts);
    if (!words.isEmpty()) choice.product = words[0];
    if (words.size() > 1) choice.version = words[1];
    choice.running = qEnvironmentVariable("SG_SERVER_FOLDER");
    choice.secure = words.contains(QStringLiteral("secure"));
    return choice;
}

ElasticsearchServer::ElasticsearchServer(ServerChoice choice) : m_choice(std::move(choice)) {}

ElasticsearchServer::~ElasticsearchServer() {
    if (m_paused) resume();
    if (m_running) kill9(); // its data goes with the folder: nothing to save
}

bool ElasticsearchServer::isRequired() { return qgetenv("STREAMGAUGE_REQUIRE_REAL") == "1"; }

bool ElasticsearchServer::run(const QStringList& arguments, int timeoutMs) {
    QProcess process;
    process.setProgram(QStringLiteral(SG_SERVER_SCRIPTS "/") + m_choice.product + QStringLiteral(".sh"));
    process.setArguments(arguments);
    process.start();
    process.waitForFinished(timeoutMs);
    m_output = QString::fromUtf8(process.readAllStandardOutput());
    m_why = QString::fromUtf8(process.readAllStandardError());
    if (process.state() != QProcess::NotRunning) {
        process.kill();
        process.waitForFinished();
        m_why += QStringLiteral("the script did not end in time");
        return false;
    }
    m_unreachable = process.exitStatus() == QProcess::NormalExit && process.exitCode() == kUnreachable;
    return process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

bool ElasticsearchServer::start(const QStringList& settings) {
    if (!m_choice.running.isEmpty()) {
        QFile port(m_choice.running + QStringLiteral("/port"));
        if (!port.open(QIODevice::ReadOnly)) return false;
        m_url = (m_choice.secure ? QStringLiteral("https") : QStringLiteral("http")) + "://127.0.0.1:" + port.readAll().trimmed();
        return true;
    }
    QStringList arguments{QStringLiteral("start"), m_directory.path()};
    if (!isOpenSearch()) arguments << QStringLiteral("--version") << m_choice.version;
    if (m_choice.secure) arguments << QStringLiteral("--secure");
    m_running = run(arguments + settings, kStartMs);
    if (!m_running) return false;
    m_url = m_output.trimmed();
    const Answer health = request("GET", QStringLiteral("/_cluster/health?wait_for_status=yellow&timeout=60s"));
    if (health.status != 200) m_why = QStringLiteral("no health: ") + QString::fromUtf8(health.body);
    return health.status == 200;
}

bool ElasticsearchServer::stop() {
    m_running = false;
    return run({QStringLiteral("stop"), m_directory.path()}, kVerbMs);
}

bool ElasticsearchServer::kill9() {
    m_running = false;
    return run({QStringLiteral("kill9"), m_directory.path()}, kVerbMs);
}

bool ElasticsearchServer::pause() {
    m_paused = true;
    return run({QStringLiteral("pause"), m_directory.path()}, kVerbMs);
}

bool ElasticsearchServer::resume() {
    m_paused = false;
    return run({QStringLiteral("resume"), m_directory.path()}, kVerbMs);
}

ElasticsearchServer::Answer ElasticsearchServer::request(const QByteArray& method, const QString& path, const QByteArray& body) const {
    QNetworkAccessManager manager;
    manager.setProxy(QNetworkProxy::NoProxy);
    QNetworkRequest request(QUrl(m_url + path));
    request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
    request.setTransferTimeout(kVerbMs);
    if (m_choice.secure) {
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setCaCertificates(QSslCertificate::fromPath(caFile()));
        request.setSslConfiguration(tls);
        request.setRawHeader("Authorization", "Basic " + QByteArray("admin:").append(kPassword).toBase64());
    }
    QNetworkReply* reply = manager.sendCustomRequest(request, method, body);
    QEventLoop loop;
    QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
    if (!reply->isFinished()) loop.exec();
    Answer answer{reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll()};
    delete reply;
    return answer;
}

} // namespace sg
