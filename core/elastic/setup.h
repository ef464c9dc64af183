#pragma once
/// Puts our templates, and the policies for retention and snapshots where the server can keep them, on a server; or only looks.
///
/// What carries our `_meta` is ours: renewed when this program's is newer or its settings differ, left when it is newer. What has one of
/// our names and not our mark is foreign: nothing at all is written then. The steady state only reads.
#include "core/elastic/survey.h"
#include "core/elastic/template.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sg {

struct SetUpOptions {
    std::string prefix = "streamgauge";
    IndexSettings settings;                         ///< its policy is filled in here
    Milliseconds retention{0};                      ///< 0 = nothing is said of it: what an install has said stays, what a run has said ends
    bool isInstall = false;                         ///< what is said of retention holds for runs that say nothing of it
    bool endsRetention = false;                     ///< a policy of ours deletes nothing any more
    std::string snapshotRepository = "streamgauge"; ///< registered, with a daily policy, when there is a location
    std::string snapshotLocation;                   ///< for the servers' file system; empty = no snapshots
    friend bool operator==(const SetUpOptions&, const SetUpOptions&) = default;
};

class SetUp final : public ServerSurvey {
public:
    enum class Mode : std::uint8_t { Write, Look };
    explicit SetUp(SetUpOptions options, Mode mode = Mode::Write);
    /// Something of ours cannot be looked at or written for lack of privileges; documents may be sent all the same.
    [[nodiscard]] bool isForbidden() const;
    /// The first foreign or refused row; nullptr = none.
    [[nodiscard]] const SetUpRow* obstacle() const;

private:
    struct Found {
        std::int64_t version = 0;
        bool ours = false;
        std::string settings;
    };
    void look();
    void readTemplates(const HttpResponse& response, const char* list, const char* object, const std::string& path);
    void policies();
    /// A policy of ours, or of somebody else's under our name.
    struct Policy {
        bool there = false, ours = false;
        std::string mark;                  ///< what ours says of itself
        std::int64_t number = 0, term = 0; ///< by which ISM tells versions
    };
    [[nodiscard]] Policy readPolicy(const HttpResponse& response, const std::string& name) const;
    void policyLeft(const HttpResponse& response, const std::string& path);
    [[nodiscard]] bool namesPolicy() const;
    void notePolicy();
    void changeManaged(const std::string& policy);
    void changeNext(const std::string& policy, std::vector<std::string> lists);
    void policyIs(const HttpResponse& response, const std::string& path);
    void templates();
    void putNext(std::size_t at);
    void snapshots();
    void daily(const std::string& folder, const std::string& kind);
    void dailyIs(const HttpResponse& response, const std::string& name, const std::string& path, const std::string& what);
    void put(const std::string& path, const std::string& body, const std::string& what, bool renewed, std::function<void()> next);
    /// `forbidden`: what is done instead of `next` where the user may not; empty = nothing more.
    void write(const char* method, const std::string& path, const std::string& body, const std::string& what, bool renewed,
               std::function<void()> next, std::function<void()> forbidden = {});

    SetUpOptions m_options;
    const Mode m_mode;
    std::map<std::string, Found> m_found; ///< by path
    std::vector<ServerObject> m_objects;
};

} // namespace sg
