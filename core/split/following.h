#pragma once
/// The followed files: finds them, knows them again, and reads each to its end, through every kind of rotation.
///
/// *Thread:* the splitter's. *Errors:* those that stop the stage; what a file does is a problem of the part.
#include "core/split/follower.h"
#include "core/split/split_context.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sg {

class Following {
public:
    Following(SplitContext& context, std::vector<std::string> patterns) : m_context(context), m_patterns(std::move(patterns)) {}

    /// First look; counts the lines that are there to be read.
    [[nodiscard]] Status open();
    /// Reads what is there, a bounded amount, and publishes what is due. True: there is more now.
    [[nodiscard]] Result<bool> round();
    [[nodiscard]] Status flush(bool sourcesEnded);
    [[nodiscard]] bool drained() const;
    [[nodiscard]] bool finished(std::uint64_t device, std::uint64_t inode, std::uint64_t size) const;
    [[nodiscard]] std::optional<Nanoseconds> untilDue() const;
    /// Files that are followed now.
    [[nodiscard]] std::size_t files() const { return m_followers.size(); }
    /// Files that have unpublished bytes.
    [[nodiscard]] std::size_t active() const;
    [[nodiscard]] bool any() const { return !m_patterns.empty(); }

private:
    using FollowerPtr = std::unique_ptr<Follower>;

    [[nodiscard]] bool scanIsDue() const;
    void scan();
    void adopt(const std::string& path, const FileInfo& info, std::vector<FollowerPtr>& fresh);
    [[nodiscard]] Status findMovedAway();
    [[nodiscard]] Status lookAround();
    [[nodiscard]] Status decideAll();
    [[nodiscard]] Status decideByInode(Follower& follower);
    [[nodiscard]] Status decideByHead(Follower& follower);
    [[nodiscard]] Status reconsiderAll();
    [[nodiscard]] Status settle(Follower& follower, const Status& status);
    [[nodiscard]] Status reconsider(Follower& copy);
    [[nodiscard]] Status take(Follower& follower, KnownSource& known);
    [[nodiscard]] Status beginSource(Follower& follower, std::string_view head);
    [[nodiscard]] Result<KnownSource*> nextGeneration(Follower& follower, std::string_view head, std::uint64_t begin);
    [[nodiscard]] Status replaced(Follower& follower);
    [[nodiscard]] Result<bool> sameBytes(Follower& copy, Follower& original);
    [[nodiscard]] Result<bool> pump(Follower& follower, std::size_t budget);
    [[nodiscard]] bool openOrTell(Follower& follower);
    bool tell(Follower& follower, const Error& error);
    void judgeEnd(Follower& follower);
    void closeFinished();
    void parkOthers(const Follower& wanted);
    [[nodiscard]] Follower* readerOf(const KnownSource& source, const Follower* except) const;
    [[nodiscard]] Follower* byInode(std::uint64_t device, std::uint64_t inode) const;
    [[nodiscard]] bool hasSuccessor(const Follower& follower) const;

    SplitContext& m_context;
    const std::vector<std::string> m_patterns;
    std::vector<FollowerPtr> m_followers; // older files first
    SteadyTime m_scanned = SteadyTime::min();
};

} // namespace sg
