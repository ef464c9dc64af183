#pragma once
/// What is done with our things on a server later: old indices go, snapshots are taken, and at the end all of ours is removed.
#include "core/elastic/survey.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// Takes away what is ours; documents stay.
class Removal final : public ServerSurvey {
public:
    explicit Removal(std::string prefix);

private:
    void takeAway(const std::string& path, std::string what);
    void list(const std::string& path, const char* array, const char* object, const std::string& what);
    void policy(const std::string& path, const std::string& what);
    void release(const std::string& path, const std::string& what);

    const std::string m_prefix; ///< as names have it
    const std::string m_given;
    std::set<std::string> m_ours; ///< paths
};

/// Deletes day indices beyond the limit, each by its exact name, on a server that has neither ILM nor ISM. An index goes only when both
/// its day and its making are older: a log of last year that was read today is not swept away at once.
class Sweep final : public ServerSurvey {
public:
    Sweep(std::string prefix, Milliseconds limit, Timestamp now);
    [[nodiscard]] const std::vector<std::string>& deleted() const { return m_deleted; }

private:
    void read(const HttpResponse& response);

    const std::string m_prefix;
    const Milliseconds m_limit;
    const Timestamp m_now;
    std::vector<std::string> m_deleted;
};

/// Lifts the write blocks of our indices; a full disk puts them back by itself.
class BlockLifting final : public ServerSurvey {
public:
    explicit BlockLifting(std::string prefix);
};

/// The path that lists the write blocks of our indices, and the names of those that have one in its answer.
[[nodiscard]] std::string blocksPath(std::string_view prefix);
[[nodiscard]] std::vector<std::string> blockedIndices(const HttpResponse& response);

/// The first moment after the day in `<prefix>-<kind>-YYYY.MM.DD`; nullopt when it is no such name.
[[nodiscard]] std::optional<Timestamp> endOfIndexDay(std::string_view index, std::string_view prefix);

/// A snapshot of our indices into a repository, which is registered first when it is not there and a location is given.
class SnapshotTaking final : public ServerSurvey {
public:
    SnapshotTaking(std::string prefix, std::string repository, std::string location, Timestamp now);
    [[nodiscard]] const std::string& name() const { return m_name; }

private:
    void takeIt();

    const std::string m_prefix, m_repository, m_location;
    std::string m_name;
};

} // namespace sg
