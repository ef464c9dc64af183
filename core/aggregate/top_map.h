#pragma once
/// Counts by key, for the top lists: exact while the keys fit, then a frequent-items sketch in the same memory.
///
/// When the keys (or their bytes) reach the capacity, the median count is taken off every key and what falls to zero is
/// dropped; `maxError` is the sum of what was taken off, at most 2 N / keys for N additions. A count reported by `top` is an
/// upper bound, too high by at most `maxError`; bytes and errors are counted since the key came in, so they may be too low.
/// Keys above 512 bytes are cut there: longer ones with the same beginning are counted as one.
/// *Cost:* one probe and one comparison per add; 32 bytes + key + 8 to 16 bytes of table per key.
/// *Source:* Misra and Gries 1982; the median purge is that of Anderson et al. 2017.
#include "core/aggregate/bytes.h"
#include "core/base/hash.h"
#include "core/contract/snapshot.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

class TopMap {
public:
    static constexpr std::size_t kMaxKeyBytes = 512;
    struct Counts {
        std::uint64_t count = 0;
        std::uint64_t bytes = 0;
        std::uint64_t errors = 0;
    };

    /// At most `capacity` keys (2 or more) and about `arenaBytes` of their text.
    explicit TopMap(std::uint32_t capacity = 100'000, std::uint32_t arenaBytes = 8U << 20U)
        : m_capacity(capacity), m_arenaLimit(arenaBytes) {}

    /// Returns the key's number, below `size()`, good until the next purge. REQUIRES: `hash` is `hashBytes(cut(key))`.
    std::uint32_t add(std::string_view key, std::uint64_t hash, const Counts& counts);
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    /// The key's number, or kNone. REQUIRES: the same; the key is cut.
    [[nodiscard]] std::uint32_t find(std::string_view key, std::uint64_t hash) const;
    /// A new key, whose counts come later by `addTo`; purges first when it is full. REQUIRES: `find` is kNone.
    std::uint32_t insert(std::string_view key, std::uint64_t hash);
    void addTo(std::uint32_t number, const Counts& counts) {
        Counts& c = m_entries[number].counts;
        c.count += counts.count;
        c.bytes += counts.bytes;
        c.errors += counts.errors;
    }
    /// Whether `number` is this key's.
    [[nodiscard]] bool isAt(std::uint32_t number, std::string_view key) const {
        return number < m_entries.size() && m_entries[number].length == key.size() &&
               sameBytes(m_arena.data() + m_entries[number].offset, key.data(), key.size());
    }
    /// Asks for the memory that `add` with this hash will look at first; worth it when other work lies between.
    void prefetch(std::uint64_t hash) const {
        if (!m_slots.empty()) __builtin_prefetch(&m_slots[hash >> 32 & (m_slots.size() - 1)]);
    }
    /// The same for what the slot leads to; after `prefetch` and some other work.
    void prefetchEntry(std::uint64_t hash) const {
        if (m_slots.empty()) return;
        const Slot slot = m_slots[hash >> 32 & (m_slots.size() - 1)];
        if (slot != 0) __builtin_prefetch(&m_entries[(slot & 0xFFFFFFFFU) - 1]);
    }
    /// The same for the key that the entry names; after `prefetchEntry` and some other work.
    void prefetchKey(std::uint64_t hash) const {
        if (m_slots.empty()) return;
        const Slot slot = m_slots[hash >> 32 & (m_slots.size() - 1)];
        if (slot == 0) return;
        const Entry& entry = m_entries[(slot & 0xFFFFFFFFU) - 1];
        __builtin_prefetch(m_arena.data() + entry.offset);
        __builtin_prefetch(m_arena.data() + entry.offset + entry.length - 1); // a key may lie across two lines of the cache
    }
    /// A key of this length that is new would purge, and so change the numbers.
    [[nodiscard]] bool isFull(std::size_t keyBytes) const {
        return m_entries.size() >= m_capacity || m_arena.size() + keyBytes > m_arenaLimit;
    }
    [[nodiscard]] std::string_view key(std::uint32_t number) const { return keyOf(m_entries[number]); }
    void merge(const TopMap& other);
    [[nodiscard]] static std::string_view cut(std::string_view key) { return key.substr(0, kMaxKeyBytes); }

    enum class Rank : std::uint8_t { Count, Errors, Bytes };
    /// The `count` greatest, ties by key.
    [[nodiscard]] TopList top(Rank rank, std::size_t count) const;
    /// As `top` would tell it; count 0 when the key is not held.
    [[nodiscard]] TopEntry entryOf(std::string_view key) const;
    [[nodiscard]] bool exact() const { return m_maxError == 0; }
    [[nodiscard]] std::uint64_t maxError() const { return m_maxError; }
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    [[nodiscard]] std::size_t memoryBytes() const;

    void write(ByteWriter& out) const;
    /// Fails the reader when keys are out of order, too many or too long.
    void read(ByteReader& in);

private:
    struct Entry {
        std::uint32_t offset = 0; // of the key in m_arena
        std::uint32_t length = 0;
        Counts counts;
    };
    // A slot is the hash's high 32 bits and the entry's number + 1; 0 = free.
    using Slot = std::uint64_t;

    /// Most keys are short: a comparison by words in place costs less than the library's call. The last word overlaps the one before, so
    /// the number of steps hardly depends on the size: lengths are random, and a mispredicted branch costs more than a step.
    [[nodiscard]] static bool sameBytes(const char* a, const char* b, std::size_t size) {
        using hash_detail::load;
        if (size >= 8) {
            for (std::size_t at = 0; at + 8 < size; at += 8)
                if (load<std::uint64_t>(a + at) != load<std::uint64_t>(b + at)) return false;
            return load<std::uint64_t>(a + size - 8) == load<std::uint64_t>(b + size - 8);
        }
        if (size >= 4)
            return load<std::uint32_t>(a) == load<std::uint32_t>(b) &&
                   load<std::uint32_t>(a + size - 4) == load<std::uint32_t>(b + size - 4);
        for (std::size_t at = 0; at < size; ++at)
            if (a[at] != b[at]) return false;
        return true;
    }
    [[nodiscard]] std::string_view keyOf(const Entry& entry) const { return {m_arena.data() + entry.offset, entry.length}; }
    void grow();
    void purge();

    std::uint32_t m_capacity;
    std::uint32_t m_arenaLimit;
    std::uint64_t m_maxError = 0;
    std::vector<Slot> m_slots; // a power of two, at most 5/8 full
    std::vector<Entry> m_entries;
    std::string m_arena;
};

} // namespace sg
