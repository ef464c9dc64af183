#include "core/split/source_book.h"

#include "core/base/fault.h"
#include "core/split/digest.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kBeginningStep = 32;
constexpr std::size_t kBeginningDigits = 8;
constexpr std::size_t kFirstDigits = 4;

std::string beginningOf(std::string_view bytes, std::size_t digits = kBeginningDigits) { return Digest::of(bytes).substr(0, digits); }

} // namespace

Result<SourceBook> SourceBook::load(FileSystem& files, const DataDirectory& data) {
    SourceBook book(files, data);
    SG_TRY_ASSIGN(std::vector<SourceInfo> sources, readSources(files, data));
    for (SourceInfo& info : sources) {
        KnownSource& source = book.m_sources[info.id.value];
        source.info = std::move(info);
        source.durable = true;
        source.durableLength = source.info.fingerprintLength;
        source.position = source.begin();
    }
    for (const auto& [id, source] : book.m_sources) {
        book.m_lastId = std::max(book.m_lastId, id);
        book.index(source);
    }
    if (sources.empty()) return book;
    // After a kill, what was read here may have been written and not synced.
    SG_TRY_ASSIGN(auto file, files.openAppend(data.sources()));
    SG_TRY(file->sync());
    return book;
}

void SourceBook::index(const KnownSource& source) {
    const SourceInfo& info = source.info;
    const std::uint64_t id = info.id.value;
    if (info.kind == SourceInfo::Kind::Imported) {
        m_byContent[{info.size, info.contentHash}] = id;
        return;
    }
    if (info.kind == SourceInfo::Kind::Retried) {
        m_byRetry[{info.contentHash, info.path}] = id;
        return;
    }
    const auto newest = [id](std::uint64_t& at) { at = std::max(at, id); };
    newest(m_byInode[{info.device, info.inode}]);
    newest(m_byPath[info.path]);
    if (info.fingerprintLength > 0) newest(m_byFingerprint[info.fingerprintLength][info.fingerprint]);
}

KnownSource& SourceBook::add(SourceInfo info) {
    info.id = SourceId{++m_lastId};
    KnownSource& source = m_sources[m_lastId];
    source.info = std::move(info);
    source.position = source.begin();
    index(source);
    return source;
}

KnownSource* SourceBook::find(SourceId id) {
    const auto at = m_sources.find(id.value);
    return at == m_sources.end() ? nullptr : &at->second;
}

void SourceBook::reached(SourceId id, std::uint64_t end) {
    m_lastId = std::max(m_lastId, id.value);
    if (KnownSource* source = find(id)) source->position = std::max(source->position, end);
}

KnownSource* SourceBook::byInode(std::uint64_t device, std::uint64_t inode) {
    const auto at = m_byInode.find({device, inode});
    return at == m_byInode.end() ? nullptr : find(SourceId{at->second});
}

KnownSource* SourceBook::byPath(const std::string& path) {
    const auto at = m_byPath.find(path);
    return at == m_byPath.end() ? nullptr : find(SourceId{at->second});
}

bool SourceBook::bearsFingerprint(const KnownSource& source, std::string_view head) {
    const std::uint32_t length = source.info.fingerprintLength;
    if (head.size() >= length) return length == 0 || Digest::of(head.substr(0, length)) == source.info.fingerprint;
    if (!source.head.empty()) return !head.empty() && source.head.starts_with(head);
    if (!head.empty() && head.size() < kBeginningStep) {
        const std::size_t at = (head.size() - 1) * kFirstDigits;
        return source.info.firstBytes.size() >= at + kFirstDigits &&
               source.info.firstBytes.compare(at, kFirstDigits, beginningOf(head, kFirstDigits)) == 0;
    }
    const std::size_t steps = head.size() / kBeginningStep;
    if (steps == 0 || source.info.beginnings.size() < steps * kBeginningDigits) return false;
    return source.info.beginnings.substr((steps - 1) * kBeginningDigits, kBeginningDigits) ==
           beginningOf(head.substr(0, steps * kBeginningStep));
}

void SourceBook::setFingerprint(SourceInfo& info, std::string_view head) {
    info.fingerprintLength = static_cast<std::uint32_t>(head.size());
    info.fingerprint = Digest::of(head);
    info.beginnings.clear();
    info.firstBytes.clear();
    for (std::size_t end = 1; end < kBeginningStep && end <= head.size(); ++end)
        info.firstBytes += beginningOf(head.substr(0, end), kFirstDigits);
    for (std::size_t end = kBeginningStep; end <= head.size(); end += kBeginningStep) info.beginnings += beginningOf(head.substr(0, end));
}

KnownSource* SourceBook::byHead(std::string_view head) {
    for (auto length = m_byFingerprint.rbegin(); length != m_byFingerprint.rend(); ++length) {
        if (length->first > head.size()) continue;
        const auto at = length->second.find(Digest::of(head.substr(0, length->first)));
        if (at != length->second.end()) return find(SourceId{at->second});
    }
    return nullptr;
}

KnownSource* SourceBook::byPartOfHead(std::string_view head, const std::string& path) {
    if (head.empty() || head.size() >= kFingerprintBytes) return nullptr;
    for (auto source = m_sources.rbegin(); source != m_sources.rend(); ++source)
        if (source->second.head.starts_with(head) && source->second.info.path != path) return &source->second;
    return nullptr;
}

KnownSource* SourceBook::byRetry(const std::string& name, const std::string& path) {
    const auto at = m_byRetry.find({name, path});
    return at == m_byRetry.end() ? nullptr : find(SourceId{at->second});
}

KnownSource* SourceBook::byContent(std::uint64_t size, const std::string& hash) {
    const auto at = m_byContent.find({size, hash});
    return at == m_byContent.end() ? nullptr : find(SourceId{at->second});
}

void SourceBook::learnHead(KnownSource& source, std::string_view head) {
    if (head == source.head) return;
    source.head = head;
    if (head.size() <= source.info.fingerprintLength && SourceBook::bearsFingerprint(source, head)) return;
    if (const auto lengths = m_byFingerprint.find(source.info.fingerprintLength); lengths != m_byFingerprint.end()) {
        const auto at = lengths->second.find(source.info.fingerprint);
        if (at != lengths->second.end() && at->second == source.info.id.value) lengths->second.erase(at);
        if (lengths->second.empty()) m_byFingerprint.erase(lengths);
    }
    setFingerprint(source.info, head);
    index(source);
}

Status SourceBook::makeDurable(const std::vector<KnownSource*>& sources) {
    if (sources.empty()) return {};
    std::vector<SourceInfo> infos;
    for (const KnownSource* source : sources) infos.push_back(source->info);
    SG_FAULT_POINT("split.source.before");
    SG_TRY(appendSources(*m_files, m_data, infos));
    SG_FAULT_POINT("split.source.after");
    for (KnownSource* source : sources) {
        source->durable = true;
        source->durableLength = source->info.fingerprintLength;
    }
    return {};
}

Status SourceBook::cover(KnownSource& source, std::uint64_t end) {
    const auto wanted = static_cast<std::uint32_t>(std::min<std::uint64_t>({kFingerprintBytes, end, source.head.size()}));
    if (source.durable && source.durableLength >= wanted) return {};
    SourceInfo info = source.info;
    setFingerprint(info, std::string_view(source.head).substr(0, wanted));
    SG_FAULT_POINT("split.source.before");
    SG_TRY(appendSources(*m_files, m_data, {info}));
    SG_FAULT_POINT("split.source.after");
    source.durable = true;
    source.durableLength = wanted;
    return {};
}

} // namespace sg
