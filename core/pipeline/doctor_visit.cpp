#include "core/pipeline/doctor_visit.h"

#include "core/contract/profile_fields.h"
#include "core/pipeline/kibana_client.h"
#include "core/pipeline/qt_transport.h"
#include "core/pipeline/server_talk.h"

#include <QHostInfo>
#include <QNetworkProxy>
#include <QTcpSocket>
#include <QTimer>
#include <QUrl>

namespace sg {
namespace {

constexpr int kReachMs = 5000;
constexpr Milliseconds kKibanaPatience{15'000};

using Level = Finding::Level;
using Done = std::function<void(const std::vector<Finding>&)>;

Timestamp wallNow() { return SystemClock().wall(); }

std::string joined(const std::vector<SetUpRow>& rows, bool& good) {
    std::string out;
    for (const SetUpRow& row : rows) {
        if (row.state == SetUpRow::State::Current) continue;
        good = good && !row.isTrouble();
        out += (out.empty() ? "" : "; ") + sentenceOf(row) + (row.isTrouble() && !row.advice.empty() ? " - " + row.advice : std::string());
    }
    return out.empty() ? "Nothing had to be done." : out + '.';
}

} // namespace

struct DoctorVisit::Inside {
    DoctorPlaces places;
    Credentials credentials;
    std::string complaint; ///< about the credentials of the environment
    std::vector<Finding> findings;
    std::unique_ptr<Transport> elastic;
    std::unique_ptr<KibanaClient> kibana;
    QObject context; // what is queued dies with it

    void lookUp(std::function<void()> next, Done done) {
        const QUrl url(QString::fromStdString(places.elasticsearch));
        const QString host = url.host();
        const int port = url.port(url.scheme() == QLatin1String("https") ? 443 : 80);
        QHostInfo::lookupHost(host, &context, [this, host, port, next = std::move(next), done = std::move(done)](const QHostInfo& info) {
            std::vector<std::string> addresses;
            for (const QHostAddress& each : info.addresses()) addresses.push_back(each.toString().toStdString());
            const bool known = info.error() == QHostInfo::NoError;
            findings.push_back(nameFinding(host.toStdString(), addresses, known ? std::string() : info.errorString().toStdString()));
            if (!known) return kibanaNext(done);
            reach(host, port, next, done);
        });
    }

    void reach(const QString& host, int port, std::function<void()> next, Done done) {
        auto* socket = new QTcpSocket(&context);
        socket->setProxy(QNetworkProxy::NoProxy);
        auto over = std::make_shared<bool>(false);
        const auto end = [this, socket, over, host, port, next = std::move(next), done = std::move(done)](const QString& error) {
            if (std::exchange(*over, true)) return;
            socket->deleteLater();
            findings.push_back(portFinding(host.toStdString(), port, error.toStdString()));
            if (error.isEmpty()) next();
            else kibanaNext(done);
        };
        QObject::connect(socket, &QTcpSocket::connected, socket, [end] { end({}); });
        QObject::connect(socket, &QAbstractSocket::errorOccurred, socket, [end, socket] { end(socket->errorString()); });
        QTimer::singleShot(kReachMs, socket, [end] { end(QStringLiteral("no answer in time")); });
        socket->connectToHost(host, static_cast<quint16>(port));
    }

    void ask(Done done) {
        DoctorQuestion question{places.elasticsearch, places.setUp, !credentials.user.empty() || !credentials.apiKey.empty() ||
                                !credentials.token.empty()};
        while (question.url.ends_with('/')) question.url.pop_back();
        auto doctor = std::make_shared<Doctor>(std::move(question), wallNow);
        converse(*elastic, doctor, [this, doctor, done = std::move(done)] {
            findings.insert(findings.end(), doctor->findings().begin(), doctor->findings().end());
            kibanaNext(done);
        });
    }

    void kibanaNext(const Done& done) {
        if (!kibana) return done(findings);
        kibana->check([this, done](const Result<KibanaState>& state) {
            if (state) sayDashboards(*state);
            else
                findings.push_back({state.error().code == ErrorCode::Unavailable && !places.kibanaExpected ? Level::Note : Level::Fault,
                                    "Kibana", state.error().message,
                                    "dashboards cannot be looked at",
                                        "docker compose up -d starts one; without any, all but the dashboards works.",
                                    Finding::Remedy::None});
            done(findings);
        });
    }

    void sayDashboards(const KibanaState& state) {
        findings.push_back({Level::Good, "Kibana", state.product + " answers", {}, {}, Finding::Remedy::None});
        const std::string ours = std::to_string(kibanaDashboardsVersion());
        switch (state.dashboards) {
        case KibanaState::Dashboards::Missing:
            findings.push_back({Level::Fault, "dashboards", "they are not there", "Kibana has nothing to show",
                                "Import them: streamgauge-cli kibana import",
                                Finding::Remedy::ImportDashboards});
            return;
        case KibanaState::Dashboards::Older:
            findings.push_back({Level::Fault, "dashboards", "they are older than version " + ours, "panels may lack newer fields",
                                "Renew them: streamgauge-cli kibana import", Finding::Remedy::ImportDashboards});
            return;
        case KibanaState::Dashboards::Newer:
            findings.push_back({Level::Note, "dashboards", "they are newer than this program's version " + ours, {}, {},
                                Finding::Remedy::None});
            return;
        case KibanaState::Dashboards::Current:
            findings.push_back({Level::Good, "dashboards", "they are there, version " + ours, {}, {}, Finding::Remedy::None});
        }
    }

    template <class Errand> void carryOut(std::shared_ptr<Errand> errand, std::function<void(bool, const std::string&)> done) {
        converse(*elastic, errand, [this, errand, done = std::move(done)] {
            if (const auto& failure = errand->failure())
                return done(false, serverSilence(places.elasticsearch, *failure));
            bool good = true;
            const std::string sentence = joined(errand->rows(), good);
            done(good, sentence);
        });
    }
};

std::string checkDoctorPlaces(const DoctorPlaces& places) {
    if (places.elasticsearch.empty() && places.kibana.empty()) return "no address is given";
    if (std::string complaint = checkServerUrl(places.elasticsearch); !complaint.empty()) return "the address of Elasticsearch " +
        complaint;
    if (std::string complaint = checkIndexPrefix(places.setUp.prefix); !complaint.empty()) return "the index prefix " + complaint;
    return places.kibana.empty() ? std::string() : checkKibanaPlace({places.kibana, places.space, places.setUp.prefix});
}

DoctorVisit::DoctorVisit(DoctorPlaces places, const std::optional<Credentials>& credentials) : m_inside(std::make_unique<Inside>()) {
    m_inside->places = std::move(places);
    if (credentials) m_inside->credentials = *credentials;
    else if (const auto environment = credentialsFromEnvironment()) m_inside->credentials = *environment;
    else m_inside->complaint = environment.error().message;
    const DoctorPlaces& at = m_inside->places;
    if (!at.elasticsearch.empty()) m_inside->elastic = makeQtTransport(at.elasticsearch, m_inside->credentials, "doctor");
    if (!at.kibana.empty())
        m_inside->kibana = std::make_unique<KibanaClient>(KibanaPlace{at.kibana, at.space, at.setUp.prefix}, m_inside->credentials,
                                                          kKibanaPatience);
}

DoctorVisit::~DoctorVisit() = default;

void DoctorVisit::run(std::function<void(const std::vector<Finding>&)> done) {
    m_inside->findings.clear();
    if (!m_inside->complaint.empty()) {
        m_inside->findings.push_back({Level::Fault, "authentication", m_inside->complaint, "nothing can be asked", "Mend the environment.",
                                      Finding::Remedy::None});
        QTimer::singleShot(0, &m_inside->context, [this, done = std::move(done)] { done(m_inside->findings); });
        return;
    }
    if (!m_inside->elastic) return m_inside->kibanaNext(done);
    m_inside->lookUp([this, done] { m_inside->ask(done); }, done);
}

void DoctorVisit::apply(Finding::Remedy remedy, std::function<void(bool, const std::string&)> done) {
    const SetUpOptions& setUp = m_inside->places.setUp;
    switch (remedy) {
    case Finding::Remedy::InstallTemplates:
        return m_inside->carryOut(std::make_shared<SetUp>(setUp), std::move(done));
    case Finding::Remedy::LiftBlocks:
        return m_inside->carryOut(std::make_shared<BlockLifting>(setUp.prefix), std::move(done));
    case Finding::Remedy::ImportDashboards:
        return m_inside->kibana->import([done = std::move(done)](const Result<int>& imported) {
            if (imported) done(true, std::to_string(*imported) + " objects are in Kibana.");
            else done(false, imported.error().message);
        });
    case Finding::Remedy::None:
        QTimer::singleShot(0, &m_inside->context, [done = std::move(done)] { done(true, "Nothing had to be done."); });
    }
}

} // namespace sg
