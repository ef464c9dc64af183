#pragma once
/// What is found out about a server before anything is sent to it: a line for each thing looked at, what it means and what to do.
///
/// Only reads. What a user may not look at is said and is no fault as long as documents can be written.
/// *Errors:* findings; a server that does not answer ends the conversation with the finding that says so.
#include "core/elastic/identify.h"
#include "core/elastic/setup.h"
#include "core/elastic/upkeep.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sg {

struct Finding {
    enum class Level : std::uint8_t {
        Good,
        Note,  ///< to be known; nothing stands in the way
        Fault, ///< something is to be done
    };
    /// What a person can have done about it with one answer.
    enum class Remedy : std::uint8_t { None, InstallTemplates, LiftBlocks, ImportDashboards };
    Level level = Level::Good;
    std::string check; ///< "name", "port", "TLS", "product", ...
    std::string found; ///< a sentence without its full stop
    std::string means; ///< the same; may be empty when all is well
    std::string advice;
    Remedy remedy = Remedy::None;
};
[[nodiscard]] const char* levelName(Finding::Level level);   ///< "good", "note", "fault"
[[nodiscard]] const char* remedyName(Finding::Remedy remedy); ///< "install", ...; empty = none

struct DoctorQuestion {
    std::string url; ///< without secrets
    SetUpOptions setUp;
    bool loggedIn = false; ///< there are credentials
};

class Doctor final : public Conversation {
public:
    Doctor(DoctorQuestion question, std::function<Timestamp()> now);
    [[nodiscard]] const std::vector<Finding>& findings() const { return m_findings; }

private:
    using Level = Finding::Level;
    void say(Level level, const char* check, std::string found, std::string means = {}, std::string advice = {},
             Finding::Remedy remedy = Finding::Remedy::None);
    void tls(const HttpResponse& response);
    void is(const Identity& identity);
    void version(const std::string& product);
    void who();
    void whoOpenSearch();
    void mayDo();
    void privileges(const HttpResponse& response);
    void clock();
    void disk(const HttpResponse& stats);
    void blocks();
    void templates();
    void sayTemplates();
    void sayRetention();

    const DoctorQuestion m_question;
    const std::function<Timestamp()> m_now;
    Timestamp m_asked;
    std::unique_ptr<SetUp> m_look;
    std::vector<Finding> m_findings;
};

/// What looking up and reaching the host has shown; `error` empty = it worked.
[[nodiscard]] Finding nameFinding(const std::string& host, const std::vector<std::string>& addresses, const std::string& error);
[[nodiscard]] Finding portFinding(const std::string& host, int port, const std::string& error);

/// A row for people: "index template streamgauge-access was made".
[[nodiscard]] std::string sentenceOf(const SetUpRow& row);
/// A conversation's failure for people: "http://... does not answer: Connection refused".
[[nodiscard]] std::string serverSilence(const std::string& url, const HttpResponse& failure);

} // namespace sg
