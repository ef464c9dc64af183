#pragma once
/// Looks whether our dashboards are in a Kibana, and puts them there: the requests of core/elastic/kibana.h in their order.
///
/// *Thread:* made, used and destroyed in one thread with an event loop; answers come there, never before the call has returned, and not
/// after the client is gone; an answer must not destroy the client. *Errors:* as kibana.h says.
#include "core/contract/credentials.h"
#include "core/elastic/kibana.h"

#include <functional>
#include <memory>
#include <optional>

namespace sg {

/// What a Kibana has of ours.
struct KibanaState {
    enum class Dashboards { Missing, Older, Current, Newer };
    std::string product; ///< "Kibana 7.17.29"
    Dashboards dashboards = Dashboards::Missing;
};

class KibanaClient {
public:
    /// Without credentials those of the environment are taken, as for Elasticsearch. *Errors:* InvalidArgument, and those of
    /// credentialsFromEnvironment.
    [[nodiscard]] static Result<std::unique_ptr<KibanaClient>> create(KibanaPlace place, std::optional<Credentials> credentials = {});
    /// `patience` replaces the time-out of every request, for tests. REQUIRES: checkKibanaPlace(place) is empty.
    KibanaClient(KibanaPlace place, const Credentials& credentials, std::optional<Milliseconds> patience = {});
    ~KibanaClient();
    KibanaClient(const KibanaClient&) = delete;
    KibanaClient& operator=(const KibanaClient&) = delete;

    [[nodiscard]] const KibanaPlace& place() const { return m_place; }
    void check(std::function<void(Result<KibanaState>)> answer);
    /// Imports the bundle that fits the version there; the answer is how many objects that were.
    void import(std::function<void(Result<int>)> answer);

private:
    using Answered = std::function<void(const HttpResponse&)>;
    /// Asks who is there, then goes on with what fits.
    template <class T> void start(std::function<void(Result<T>)> answer, std::function<void(const KibanaServer&)> next);
    void send(HttpRequest request, Answered answered);

    const KibanaPlace m_place;
    const std::optional<Milliseconds> m_patience;
    std::unique_ptr<Transport> m_transport;
};

/// The version of the dashboards in this program.
[[nodiscard]] int kibanaDashboardsVersion();
/// The bundle for 8.9 and later, or the one before.
[[nodiscard]] std::string_view kibanaBundle(bool newShape);

} // namespace sg
