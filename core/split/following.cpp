#include "core/split/following.h"

#include "core/split/digest.h"
#include "core/split/path_pattern.h"

#include <algorithm>
#include <set>

namespace sg {
namespace {

constexpr Milliseconds kScanEvery{500};
constexpr Milliseconds kRetryEvery{500};
constexpr Milliseconds kAlikeFor{1000};     // two short files with the same beginning: a copy before its original is cut off, or two logs
constexpr Milliseconds kMovedOnAfter{1000}; // nothing came for so long, and the successor has lines
constexpr Milliseconds kGoneAfter{5000};    // nothing came for so long, and there is no successor
constexpr Milliseconds kCloseAfter{2000};
constexpr std::size_t kMaxOpen = 256;
constexpr std::size_t kRoundBytes = 32U << 20U;

} // namespace

Status Following::open() {
    scan();
    SG_TRY(findMovedAway());
    SG_TRY(decideAll());
    for (const FollowerPtr& f : m_followers) {
        if (f->state != Follower::State::Reading) continue;
        if (!openOrTell(*f)) continue;
        if (const Status counted = f->countUnread(m_context); !counted) tell(*f, counted.error());
    }
    return {};
}

Follower* Following::byInode(std::uint64_t device, std::uint64_t inode) const {
    for (const FollowerPtr& f : m_followers)
        if (f->state != Follower::State::Detached && f->info.device == device && f->info.inode == inode) return f.get();
    return nullptr;
}

Follower* Following::readerOf(const KnownSource& source, const Follower* except) const {
    for (const FollowerPtr& f : m_followers)
        if (f.get() != except && f->source == &source && (f->state == Follower::State::Reading || f->state == Follower::State::Detached))
            return f.get();
    return nullptr;
}

bool Following::hasSuccessor(const Follower& follower) const {
    return std::any_of(m_followers.begin(), m_followers.end(), [&](const FollowerPtr& f) {
        return f.get() != &follower && !f->gone && f->path == follower.home && f->info.size > 0;
    });
}

/// A path that leads elsewhere now is looked at once more without waiting: the lines of a new log should not.
bool Following::scanIsDue() const {
    if (m_context.clock.steady() - m_scanned >= kScanEvery) return true;
    for (const FollowerPtr& f : m_followers) {
        if (f->gone || !f->isOpen() || f->state == Follower::State::Detached) continue;
        const auto info = m_context.files.stat(f->path);
        if (!info || info->inode != f->info.inode || info->device != f->info.device) return true;
    }
    return std::any_of(m_patterns.begin(), m_patterns.end(), [&](const std::string& pattern) {
        if (hasWildcard(pattern)) return false;
        const auto info = m_context.files.stat(pattern);
        return info && !info->isDirectory && byInode(info->device, info->inode) == nullptr;
    });
}

void Following::adopt(const std::string& path, const FileInfo& info, std::vector<FollowerPtr>& fresh) {
    if (Follower* known = byInode(info.device, info.inode)) {
        known->path = path;
        known->gone = false;
        if (!known->isOpen()) {
            if (info.size != known->info.size || info.modifiedNs != known->info.modifiedNs) known->atEnd = false;
            known->info = info;
        }
        return;
    }
    auto follower = std::make_unique<Follower>();
    follower->path = follower->home = path;
    follower->info = info;
    follower->seen = follower->grown = m_context.clock.steady();
    fresh.push_back(std::move(follower));
}

void Following::scan() {
    m_scanned = m_context.clock.steady();
    for (const FollowerPtr& f : m_followers) f->gone = true;
    std::vector<FollowerPtr> fresh;
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
    for (const std::string& pattern : m_patterns) {
        const std::vector<std::string> paths = expandPattern(m_context.files, pattern);
        const std::string key = "split.missing:" + pattern;
        if (!paths.empty()) m_context.resolve(key);
        else if (!m_context.problems.isOpen(key)) m_context.raise(key, Severity::Info, "there is no file " + pattern + " yet", "");
        for (const std::string& path : paths) {
            const auto info = m_context.files.stat(path);
            if (!info) continue;
            if (info->isDirectory) {
                m_context.raise("split.folder:" + path, Severity::Warning, path + " is a folder: what is followed are files",
                                "Follow " + path + "/* or import the folder.");
                continue;
            }
            if (seen.insert({info->device, info->inode}).second) adopt(path, *info, fresh);
        }
    }
    // Rotated files before their successors, whatever their names.
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const FollowerPtr& a, const FollowerPtr& b) { return a->info.modifiedNs < b->info.modifiedNs; });
    for (FollowerPtr& f : fresh) m_followers.push_back(std::move(f));
}

/// A log that was rotated while nobody looked, to a name that no pattern finds: its inode tells which one it is.
Status Following::findMovedAway() {
    std::vector<FollowerPtr> found;
    for (const FollowerPtr& f : m_followers) {
        KnownSource* known = m_context.book.byPath(f->path);
        if (known == nullptr || byInode(known->info.device, known->info.inode) != nullptr) continue;
        const std::string folder = parentDirectory(f->path);
        const auto names = m_context.files.list(folder);
        if (!names) continue;
        for (const std::string& name : *names) {
            const std::string path = joinPath(folder, name);
            const auto info = m_context.files.stat(path);
            if (!info || info->isDirectory || info->inode != known->info.inode || info->device != known->info.device) continue;
            auto moved = std::make_unique<Follower>();
            moved->path = path;
            moved->home = f->path;
            moved->info = *info;
            moved->gone = true;
            moved->seen = moved->grown = m_context.clock.steady();
            if (!openOrTell(*moved)) break;
            const auto head = moved->readHead();
            if (head && known->position > 0 && SourceBook::bearsFingerprint(*known, *head)) found.push_back(std::move(moved));
            break;
        }
    }
    m_followers.insert(m_followers.begin(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    return {};
}

Status Following::lookAround() {
    if (scanIsDue()) {
        scan();
        SG_TRY(reconsiderAll());
    }
    return decideAll();
}

/// An error of the disk that is written to stops the stage; what a followed file does is told.
Status Following::settle(Follower& follower, const Status& status) {
    if (status) return {};
    if (status.error().code == ErrorCode::Internal) return status;
    tell(follower, status.error());
    return {};
}

Status Following::reconsiderAll() {
    for (std::size_t i = 0; i < m_followers.size(); ++i)
        if (m_followers[i]->state == Follower::State::Copy) SG_TRY(settle(*m_followers[i], reconsider(*m_followers[i])));
    return {};
}

/// False (and told) when the file cannot be opened now.
bool Following::openOrTell(Follower& follower) {
    if (follower.isOpen()) return true;
    if (m_context.clock.steady() < follower.retryAt) return false;
    parkOthers(follower);
    const Status opened = follower.open(m_context);
    if (!opened) return tell(follower, opened.error());
    m_context.resolve("split.permission:" + follower.path);
    m_context.resolve("split.read:" + follower.path);
    return true;
}

bool Following::tell(Follower& follower, const Error& error) {
    follower.retryAt = m_context.clock.steady() + kRetryEvery;
    if (error.code == ErrorCode::NotFound) return false; // the next look says where it went
    if (error.code == ErrorCode::PermissionDenied) {
        m_context.raise("split.permission:" + follower.path, Severity::Error, error.message,
                        "Give this user the right to read it, for example by the group of the log; it is tried again.");
    } else if (error.code == ErrorCode::Corrupt) {
        m_context.raise("split.corrupt:" + follower.path, Severity::Error, error.message, "What was unpacked before that is split.");
        follower.state = follower.source == nullptr ? Follower::State::Waiting : Follower::State::Broken;
        follower.close();
    } else {
        m_context.raise("split.read:" + follower.path, Severity::Error, error.message, "It is tried again.");
        follower.close();
    }
    return false;
}

/// Files that were read to their end give up their descriptors when there are too many.
void Following::parkOthers(const Follower& wanted) {
    std::size_t open = 0;
    for (const FollowerPtr& f : m_followers) open += f->isOpen() ? 1 : 0;
    for (const FollowerPtr& f : m_followers) {
        if (open < kMaxOpen) return;
        const bool mayReopen = f.get() != &wanted && f->isOpen() && !f->gone && (!f->isGzip() || f->ended);
        if (!mayReopen || f->state == Follower::State::Detached) continue;
        f->close();
        --open;
    }
}

Status Following::decideAll() {
    // An inode tells more than a beginning: the log itself goes before its copies.
    for (auto decide : {&Following::decideByInode, &Following::decideByHead})
        for (std::size_t i = 0; i < m_followers.size(); ++i) {
            Follower& f = *m_followers[i];
            if (f.state != Follower::State::Waiting || !openOrTell(f)) continue;
            SG_TRY(settle(f, (this->*decide)(f)));
        }
    return {};
}

Status Following::decideByInode(Follower& follower) {
    if (follower.isGzip()) return {};
    KnownSource* known = m_context.book.byInode(follower.info.device, follower.info.inode);
    if (known == nullptr || readerOf(*known, &follower) != nullptr) return {};
    SG_TRY_ASSIGN(const std::string head, follower.readHead());
    if (head.empty() && known->position > known->begin()) { // cut off while nobody looked
        SG_TRY_ASSIGN(KnownSource * next, nextGeneration(follower, head, 0));
        return follower.attach(m_context, *next);
    }
    return SourceBook::bearsFingerprint(*known, head) ? take(follower, *known) : Status();
}

Status Following::decideByHead(Follower& follower) {
    SG_TRY_ASSIGN(const std::string head, follower.readHead());
    if (head.empty()) return {};
    KnownSource* known = m_context.book.byHead(head);
    if (known == nullptr) known = m_context.book.byPartOfHead(head, follower.path);
    if (known == nullptr) return beginSource(follower, head);
    Follower* reader = readerOf(*known, &follower);
    if (reader == nullptr) return take(follower, *known);
    if (head.size() < kFingerprintBytes || known->head.size() < kFingerprintBytes) {
        // Too short to tell a copy from a log that begins alike; the original of a copy is about to be cut off.
        if (m_context.clock.steady() - follower.seen < kAlikeFor) return {};
        return beginSource(follower, head);
    }
    SG_TRY_ASSIGN(const bool same, sameBytes(follower, *reader));
    if (!same) return beginSource(follower, head);
    follower.source = known;
    follower.state = Follower::State::Copy;
    follower.close();
    return {};
}

/// Whether two files that begin alike also have the same bytes at the end of the shorter one.
Result<bool> Following::sameBytes(Follower& copy, Follower& original) {
    if (copy.isGzip() || original.isGzip() || original.state != Follower::State::Reading || !openOrTell(original)) return true;
    const std::uint64_t common = std::min(copy.info.size, original.readTo);
    SG_TRY_ASSIGN(const std::string a, copy.bytesBefore(common));
    SG_TRY_ASSIGN(const std::string b, original.bytesBefore(common));
    return a == b;
}

/// A copy becomes the reader when the other file is no longer one, or has come to its end before the copy has.
Status Following::reconsider(Follower& copy) {
    KnownSource& known = *copy.source;
    Follower* reader = readerOf(known, &copy);
    if (reader == nullptr) {
        copy.state = Follower::State::Waiting;
        copy.source = nullptr;
        return {};
    }
    const SteadyTime now = m_context.clock.steady();
    if (copy.isGzip() || copy.info.size <= reader->readTo || !reader->atEnd || now - reader->grown < kMovedOnAfter) return {};
    if (!openOrTell(copy)) return {};
    SG_TRY_ASSIGN(const bool same, sameBytes(copy, *reader));
    if (!same) {
        copy.source = nullptr;
        SG_TRY_ASSIGN(const std::string head, copy.readHead());
        return beginSource(copy, head);
    }
    reader->drop(m_context);
    reader->state = Follower::State::Copy;
    reader->close();
    return copy.attach(m_context, known);
}

Status Following::take(Follower& follower, KnownSource& known) {
    if (follower.isGzip() || follower.info.size >= known.position) return follower.attach(m_context, known);
    SG_TRY_ASSIGN(const std::string head, follower.readHead());
    SG_TRY_ASSIGN(KnownSource * next, nextGeneration(follower, head, follower.info.size));
    return follower.attach(m_context, *next);
}

Status Following::beginSource(Follower& follower, std::string_view head) {
    SourceInfo info;
    info.path = follower.path;
    info.device = follower.info.device;
    info.inode = follower.info.inode;
    SourceBook::setFingerprint(info, head);
    return follower.attach(m_context, m_context.book.add(std::move(info)));
}

/// The same file, but not what it was. Durable at once: after a restart its size alone would not tell.
Result<KnownSource*> Following::nextGeneration(Follower& follower, std::string_view head, std::uint64_t begin) {
    SourceInfo info;
    info.path = follower.path;
    info.device = follower.info.device;
    info.inode = follower.info.inode;
    info.begin = ByteOffset{begin};
    if (begin > 0) {
        SourceBook::setFingerprint(info, head.substr(0, begin));
        m_context.raise("split.shrunk:" + follower.path, Severity::Warning,
                        follower.path + " lost its end: it has " + std::to_string(begin) + " bytes, fewer than were read",
                        "Reading goes on at its new end; the lines that it lost were split before.");
    }
    KnownSource& next = m_context.book.add(std::move(info));
    const Status durable = m_context.book.makeDurable({&next});
    if (!durable && durable.error().code != ErrorCode::DiskFull) return fail(ErrorCode::Internal, durable.error().message);
    return &next;
}

/// The bytes of the file are not those that were read.
Status Following::replaced(Follower& follower) {
    SG_TRY_ASSIGN(const std::string head, follower.readHead());
    KnownSource& known = *follower.source;
    const std::string_view split = std::string_view(known.head).substr(0, known.position);
    const std::size_t common = std::min(split.size(), head.size());
    const bool same = common > 0 && split.substr(0, common) == std::string_view(head).substr(0, common);
    if (same && follower.info.size >= known.position && known.position > known.begin()) {
        follower.drop(m_context); // only what was not published was taken back
        return follower.attach(m_context, known);
    }
    SG_TRY_ASSIGN(KnownSource * next, nextGeneration(follower, head, same ? follower.info.size : 0));
    auto old = std::make_unique<Follower>();
    old->path = follower.path;
    old->state = Follower::State::Detached;
    old->source = &known;
    old->readTo = follower.readTo;
    old->info = follower.info;
    old->cutter = std::move(follower.cutter);
    m_context.linesGone(follower.unread);
    if (follower.unread > 0)
        m_context.raise("split.truncated:" + follower.path, Severity::Error,
                        follower.path + " was cut off before " + std::to_string(follower.unread) + " of its lines were read", "");
    SG_TRY(follower.attach(m_context, *next));
    // The copy that copytruncate made goes on where this file was; without one, what was read is all there is.
    scan();
    SG_TRY(reconsiderAll());
    SG_TRY(decideAll());
    if (readerOf(known, nullptr) != nullptr) {
        old->drop(m_context);
        return {};
    }
    const Status published = m_context.publish(known, old->cutter, m_context.rules, Cutter::Until::End);
    if (!old->cutter.empty()) m_followers.push_back(std::move(old));
    return published ? Status() : fail(ErrorCode::Internal, published.error().message);
}

void Following::judgeEnd(Follower& f) {
    if (f.isGzip()) return; // says itself when it is complete
    const SteadyTime now = m_context.clock.steady();
    if (!f.gone && f.path == f.home) {
        f.away = SteadyTime::max();
        f.ended = false;
        return;
    }
    f.away = std::min(f.away, now);
    const auto quiet = now - std::max(f.grown, f.away);
    f.ended = f.atEnd && (hasSuccessor(f) ? quiet >= kMovedOnAfter : f.gone && quiet >= kGoneAfter);
}

/// True: it has more.
Result<bool> Following::pump(Follower& f, std::size_t budget) {
    using State = Follower::State;
    if (f.state == State::Detached || f.state == State::Broken) {
        SG_TRY(m_context.publish(*f.source, f.cutter, m_context.rules, Cutter::Until::End));
        return false;
    }
    if (f.state != State::Reading || m_context.blocked()) return false;
    const bool sleeps = !f.isOpen() && f.atEnd;
    std::size_t spent = 0;
    while (!sleeps && spent < budget && !m_context.blocked()) {
        if (!openOrTell(f)) break;
        const auto outcome = f.read(m_context);
        if (!outcome) {
            tell(f, outcome.error());
            break;
        }
        if (*outcome == Follower::Outcome::End) break;
        if (*outcome == Follower::Outcome::Replaced) {
            SG_TRY(settle(f, replaced(f)));
            return true;
        }
        spent += kReadBlock;
        SG_TRY(m_context.publish(*f.source, f.cutter, m_context.rules, Cutter::Until::Due));
    }
    judgeEnd(f);
    SG_TRY(m_context.publish(*f.source, f.cutter, m_context.rules, f.ended && f.atEnd ? Cutter::Until::End : Cutter::Until::Due));
    return spent >= budget;
}

Result<bool> Following::round() {
    if (m_patterns.empty()) return false;
    SG_TRY(lookAround());
    std::size_t hungry = 0;
    for (const FollowerPtr& f : m_followers) hungry += f->state == Follower::State::Reading && !f->atEnd ? 1 : 0;
    const std::size_t budget = std::max(kReadBlock, kRoundBytes / std::max<std::size_t>(hungry, 1));
    bool more = false;
    for (std::size_t i = 0; i < m_followers.size(); ++i) { // `replaced` may append
        SG_TRY_ASSIGN(const bool hasMore, pump(*m_followers[i], budget));
        more = more || hasMore;
    }
    closeFinished();
    return more;
}

void Following::closeFinished() {
    const SteadyTime now = m_context.clock.steady();
    std::erase_if(m_followers, [&](const FollowerPtr& f) {
        switch (f->state) {
        case Follower::State::Detached:
            return f->cutter.empty();
        case Follower::State::Waiting:
            return f->gone && (f->info.size == 0 || !f->isOpen());
        case Follower::State::Copy:
            return f->gone;
        case Follower::State::Broken:
            return f->gone && f->cutter.empty();
        case Follower::State::Reading:
            break;
        }
        if (f->gone && !f->isOpen() && !f->atEnd) {
            m_context.raise("split.lost:" + f->path, Severity::Error, f->path + " was removed before it was read to its end", "");
            f->drop(m_context);
            return true;
        }
        return f->gone && f->ended && f->atEnd && f->cutter.empty() && now - f->grown >= kCloseAfter;
    });
}

Status Following::flush(bool sourcesEnded) {
    for (const FollowerPtr& f : m_followers) {
        if (f->source == nullptr || f->state == Follower::State::Copy) continue;
        const bool whole = sourcesEnded || f->ended || f->state == Follower::State::Detached;
        SG_TRY(m_context.publish(*f->source, f->cutter, m_context.rules, whole ? Cutter::Until::End : Cutter::Until::WholeLines));
    }
    return {};
}

bool Following::drained() const {
    if (m_patterns.empty()) return true;
    if (m_context.blocked()) return false;
    const SteadyTime now = m_context.clock.steady();
    return std::all_of(m_followers.begin(), m_followers.end(), [&](const FollowerPtr& f) {
        switch (f->state) {
        case Follower::State::Waiting:
            return f->info.size == 0 || !f->isOpen() || now - f->seen > kAlikeFor;
        case Follower::State::Copy:
            return f->info.size <= f->source->position || f->isGzip();
        case Follower::State::Detached:
            return false;
        case Follower::State::Broken:
            return true;
        case Follower::State::Reading:
            break;
        }
        const bool willEnd = !f->ended && f->cutter.hasTornLine() && f->away != SteadyTime::max() && (f->gone || hasSuccessor(*f));
        return f->atEnd && !willEnd;
    });
}

bool Following::finished(std::uint64_t device, std::uint64_t inode, std::uint64_t size) const {
    if (size == 0) return true;
    bool found = false;
    for (const FollowerPtr& f : m_followers) {
        if (f->info.device != device || f->info.inode != inode) continue;
        switch (f->state) {
        case Follower::State::Reading:
            if (f->handled() < size) return false;
            break;
        case Follower::State::Copy:
            if (f->source->position < size) return false;
            break;
        default:
            return false;
        }
        found = true;
    }
    return found;
}

std::size_t Following::active() const {
    return static_cast<std::size_t>(std::count_if(m_followers.begin(), m_followers.end(), [](const FollowerPtr& f) {
        return f->state == Follower::State::Reading && !f->cutter.empty();
    }));
}

std::optional<Nanoseconds> Following::untilDue() const {
    std::optional<Nanoseconds> soonest;
    const SteadyTime now = m_context.clock.steady();
    for (const FollowerPtr& f : m_followers)
        if (const auto due = f->cutter.untilDue(now, m_context.rules)) soonest = std::min(soonest.value_or(*due), *due);
    return soonest;
}

} // namespace sg
