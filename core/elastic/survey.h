#pragma once
/// What the conversations about our things on a server have in common: a row for each thing, and who deletes old indices there.
///
/// *Errors:* `failure()` when there was no answer, or one that says "later": nothing more is asked then. Everything else is a row.
#include "core/elastic/conversation.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// One thing of ours and how it stands.
struct SetUpRow {
    enum class State : std::uint8_t {
        Current, ///< there and right
        Made,
        Renewed,
        Removed,
        Newer,     ///< of a newer Streamgauge: it stays
        Older,     ///< only looked: would be renewed
        Missing,   ///< only looked: would be made
        Foreign,   ///< not ours: it stays
        Forbidden, ///< the user may not
        Refused,   ///< the server says no
        Absent,    ///< the server cannot do this at all
    };
    State state = State::Missing;
    std::string what;   ///< "index template streamgauge-access"
    std::string detail; ///< the server's words, or what this means; may be empty
    std::string advice;
    [[nodiscard]] bool isTrouble() const { return state == State::Foreign || state == State::Forbidden || state == State::Refused; }
};

/// Who deletes old indices.
enum class Keeper : std::uint8_t { Unknown, Ilm, Ism, Nobody };

class ServerSurvey : public Conversation {
public:
    [[nodiscard]] const std::vector<SetUpRow>& rows() const { return m_rows; }
    [[nodiscard]] const std::optional<HttpResponse>& failure() const { return m_failure; }
    [[nodiscard]] Keeper keeper() const { return m_keeper; }

protected:
    /// ILM, else ISM, else nobody; then `next`.
    void askKeeper(std::function<void()> next);
    /// True when there is no use in going on: `failure()` is set and nothing more is asked.
    bool failed(const HttpResponse& response);
    void add(SetUpRow::State state, std::string what, std::string detail = {}, std::string advice = {});
    /// A row for a repository of snapshots in the servers' file system: registered where it is not there and a location is given, never led
    /// elsewhere; then `next`, if it can be used.
    void useRepository(const std::string& name, const std::string& location, std::function<void()> next);

private:
    std::vector<SetUpRow> m_rows;
    std::optional<HttpResponse> m_failure;
    Keeper m_keeper = Keeper::Unknown;
};

/// "30d", "36h": as ILM and ISM read it.
[[nodiscard]] std::string serverAge(Milliseconds age);
/// Of the answer to ILM's or ISM's path below: the indices with this policy, as lists short enough for the line of a request.
[[nodiscard]] std::vector<std::string> indicesWithPolicy(const HttpResponse& response, std::string_view policy);
[[nodiscard]] std::string policiesPath(Keeper keeper, std::string_view prefix);
/// The server knows no such path: it lacks the module.
[[nodiscard]] bool isUnknownPath(const HttpResponse& response);

} // namespace sg
