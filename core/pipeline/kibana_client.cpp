#include "core/pipeline/kibana_client.h"

#include "core/pipeline/kibana_bundles.h"
#include "core/pipeline/qt_transport.h"

namespace sg {

int kibanaDashboardsVersion() { return kDashboardsVersion; }

std::string_view kibanaBundle(bool newShape) { return newShape ? kBundleFrom89 : kBundleBefore89; }

KibanaClient::KibanaClient(KibanaPlace place, const Credentials& credentials, std::optional<Milliseconds> patience)
    : m_place(std::move(place)), m_patience(patience), m_transport(makeQtTransport(m_place.url, credentials, "kibana")) {}

KibanaClient::~KibanaClient() = default;

Result<std::unique_ptr<KibanaClient>> KibanaClient::create(KibanaPlace place, std::optional<Credentials> credentials) {
    if (std::string complaint = checkKibanaPlace(place); !complaint.empty()) return fail(ErrorCode::InvalidArgument, complaint);
    if (!credentials) {
        SG_TRY_ASSIGN(credentials, credentialsFromEnvironment());
    }
    return std::make_unique<KibanaClient>(std::move(place), *credentials);
}

void KibanaClient::send(HttpRequest request, Answered answered) {
    if (m_patience) request.timeout = *m_patience;
    m_transport->send(std::move(request), std::move(answered));
}

template <class T> void KibanaClient::start(std::function<void(Result<T>)> answer, std::function<void(const KibanaServer&)> next) {
    send(kibanaStatusRequest(m_place), [this, answer = std::move(answer), next = std::move(next)](const HttpResponse& response) {
        const auto server = readKibanaStatus(response, m_place);
        if (server) return next(*server);
        answer(fail(server.error()));
    });
}

void KibanaClient::check(std::function<void(Result<KibanaState>)> answer) {
    start<KibanaState>(answer, [this, answer](const KibanaServer& server) {
        send(kibanaDashboardRequest(m_place), [this, answer, product = server.product](const HttpResponse& response) {
            const auto version = readKibanaDashboard(response, m_place);
            if (!version) return answer(fail(version.error()));
            KibanaState state{product, KibanaState::Dashboards::Missing};
            if (version->has_value())
                state.dashboards = **version < kDashboardsVersion   ? KibanaState::Dashboards::Older
                                   : **version > kDashboardsVersion ? KibanaState::Dashboards::Newer
                                                                    : KibanaState::Dashboards::Current;
            answer(state);
        });
    });
}

void KibanaClient::import(std::function<void(Result<int>)> answer) {
    start<int>(answer, [this, answer](const KibanaServer& server) {
        send(kibanaImportRequest(kibanaBundle(server.newShape), m_place),
             [this, answer](const HttpResponse& response) { answer(readKibanaImport(response, m_place)); });
    });
}

} // namespace sg
