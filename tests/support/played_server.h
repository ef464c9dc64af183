#pragma once
/// An Elasticsearch or OpenSearch of the test's own, with the modules that no server has which the tests can have: ILM, ISM, SLM, SM.
#include "tests/support/http_receiver.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QStringList>

namespace sg::test {

inline QByteArray http(int status, const QByteArray& body) {
    return "HTTP/1.1 " + QByteArray::number(status) + " X\r\nContent-Type: application/json\r\nContent-Length: " +
           QByteArray::number(body.size()) + "\r\n\r\n" + body;
}
inline const QByteArray kNoHandler = R"({"error":"no handler found for uri [/x] and method [GET]"})";

inline const QByteArray kBlocked = R"({"streamgauge-access-2026.01.01":{"settings":{"index":{"blocks":{"write":"true"}}}}})";

/// A server that keeps what is put, answers for what is there, and has the modules it is told to have.
class PlayedServer {
public:
    bool ilm = false, ism = false, slm = false, sm = false;
    QStringList managed; ///< indices under our retention policy
    QString forbidden;   ///< what begins with it may not be written
    int without = 0;     ///< the status of a path that is not there; 0 = as ever
    bool typed = false;   ///< takes paths that it does not know for documents, as 7.17 does
    bool blocked = false; ///< one of our indices
    QMap<QString, QByteArray> kept; ///< by path
    HttpReceiver receiver;
    QStringList writes; ///< "PUT /path", in their order

    PlayedServer() {
        receiver.answer = [this](const QByteArray& request) { return answer(request); };
    }
    [[nodiscard]] QJsonObject body(const QString& path) const { return QJsonDocument::fromJson(kept[path]).object(); }

private:
    QByteArray list(const QString& folder, const char* array, const char* object) const {
        QJsonArray all;
        for (const auto& [path, body] : kept.toStdMap())
            if (path.startsWith(folder))
                all << QJsonObject{{"name", path.mid(folder.size())}, {object, QJsonDocument::fromJson(body).object()}};
        return QJsonDocument(QJsonObject{{array, all}}).toJson();
    }
    static QJsonObject lifecycle(const QString& name) {
        return {{"settings", QJsonObject{{"index", QJsonObject{{"lifecycle", QJsonObject{{"name", name}}}}}}}};
    }
    QByteArray answer(const QByteArray& request) {
        const QString method = request.left(request.indexOf(' '));
        const QString target = QString::fromUtf8(request).section(' ', 1, 1), path = target.section('?', 0, 0);
        const QString name = path.section('/', -1);
        if (method != "GET" && !forbidden.isEmpty() && path.startsWith(forbidden))
            return http(403, R"({"error":{"type":"security_exception","reason":"not you"},"status":403})");
        if (method == "DELETE" && path == "/_ilm/policy/streamgauge-retention" && !managed.isEmpty())
            return http(400, R"({"error":{"type":"illegal_argument_exception","reason":"in use by one or more indices"},"status":400})");
        if (method == "POST" && (path.endsWith("/_ilm/remove") || path.startsWith("/_plugins/_ism/remove/"))) {
            writes << "POST " + path;
            const QString list = path.section('/', path.startsWith("/_plugins") ? 4 : 1).section('/', 0, 0);
            for (const QString& index : list.split(',')) managed.removeAll(index);
            return http(200, R"({"has_failures":false,"failures":false})");
        }
        if (path.endsWith("/_settings/index.lifecycle.name")) {
            QJsonObject all{{"foreign-access-2026.01.01", lifecycle("another")}};
            for (const QString& index : managed) all[index] = lifecycle("streamgauge-retention");
            return http(200, QJsonDocument(all).toJson());
        }
        if (method == "PUT" && path.endsWith("/_settings")) blocked = false;
        if (method == "PUT") {
            writes << "PUT " + target;
            kept[path] = request.mid(request.indexOf("\r\n\r\n") + 4);
            return http(200, R"({"acknowledged":true})");
        }
        if (method == "DELETE") {
            writes << "DELETE " + path;
            return http(kept.remove(path) > 0 ? 200 : 404, "{}");
        }
        if (method == "POST" && path.startsWith("/_plugins/")) {
            writes << "POST " + target;
            if (path.startsWith("/_plugins/_ism/change_policy/"))
                return http(200, R"({"updated_indices":1,"failures":false,"failed_indices":[]})");
            kept[path] = request.mid(request.indexOf("\r\n\r\n") + 4);
            return http(201, "{}");
        }
        if (path.startsWith("/_plugins/_ism/explain/")) {
            QJsonObject all{{"foreign-access-2026.01.01", QJsonObject{{"index.plugins.index_state_management.policy_id", "another"}}},
                            {"loose-access-2026.01.01", QJsonObject{{"index.plugins.index_state_management.policy_id", QJsonValue()}}},
                            {"total_managed_indices", managed.size() + 1}};
            for (const QString& index : managed)
                all[index] = QJsonObject{{"index.plugins.index_state_management.policy_id", "streamgauge-retention"}};
            return http(200, QJsonDocument(all).toJson());
        }
        if (path == "/") return http(200, R"({"version":{"number":"8.19.8"},"tagline":"You Know, for Search"})");
        if (path == "/_security/_authenticate") return http(200, R"({"username":"gauge","authentication_type":"realm"})");
        if (path == "/_security/user/_has_privileges")
            return http(200, R"({"cluster":{"monitor":true,"manage_index_templates":true},"index":{"streamgauge-access-*":)"
                             R"({"create_doc":true,"auto_configure":true,"view_index_metadata":true}}})");
        if (path == "/_nodes/_local/stats/fs")
            return http(200, R"({"nodes":{"a":{"timestamp":)" + QByteArray::number(QDateTime::currentMSecsSinceEpoch()) +
                                 R"(,"fs":{"total":{"total_in_bytes":100000000000,"available_in_bytes":40000000000}}}}})");
        if (path == "/_cluster/settings") return http(200, "{}");
        if (path.startsWith("/streamgauge-access-*")) return http(200, blocked ? kBlocked : QByteArray("{}"));
        if (path.startsWith("/_component_template/")) return http(200,
                                                                  list("/_component_template/", "component_templates",
                                                                       "component_template"));
        if (path.startsWith("/_index_template/")) return http(200, list("/_index_template/", "index_templates", "index_template"));
        if ((path.startsWith("/_ilm/") && !ilm) || (path.startsWith("/_plugins/_ism/") && !ism) || (path.startsWith("/_slm/") && !slm) ||
            (path.startsWith("/_plugins/_sm/") && !sm))
            return without != 0 ? http(without, R"({"error":{"type":"api_not_available_exception","reason":"none here"}})")
                   : !typed ? http(400, kNoHandler)
                   : path == "/_plugins/_ism/policies" || path == "/_plugins/_sm/policies"
                       ? http(404, R"({"error":{"type":"index_not_found_exception","reason":"no such index [_plugins]"},"status":404})")
                       : http(405, R"({"error":"Incorrect HTTP method for uri [/_ilm/status] and method [GET], allowed: [POST]"})");
        if (path == "/_ilm/status" || path == "/_slm/status") return http(200, R"({"operation_mode":"RUNNING"})");
        if (path == "/_plugins/_ism/policies" || path == "/_plugins/_sm/policies") return http(200, R"({"policies":[],"total_policies":0})");
        if (!kept.contains(path)) return http(404, R"({"error":{"type":"resource_not_found_exception","reason":"none"},"status":404})");
        QJsonObject there = body(path);
        if (path.startsWith("/_plugins/")) {
            if (path.startsWith("/_plugins/_sm/")) there = QJsonObject{{"sm_policy", there}};
            there["_id"] = name;
            there["_seq_no"] = 7;
            there["_primary_term"] = 2;
            return http(200, QJsonDocument(there).toJson());
        }
        if (path.startsWith("/_slm/")) there = QJsonObject{{"policy", there}};
        return http(200, QJsonDocument(QJsonObject{{name, there}}).toJson());
    }
};

} // namespace sg::test
