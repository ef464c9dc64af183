#include "core/aggregate/top_map.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kFirstSlots = 8;
constexpr std::uint64_t kNumber = 0xFFFFFFFFU;

std::uint64_t rankOf(const TopMap::Counts& counts, TopMap::Rank rank) {
    switch (rank) {
    case TopMap::Rank::Errors:
        return counts.errors;
    case TopMap::Rank::Bytes:
        return counts.bytes;
    case TopMap::Rank::Count:
        break;
    }
    return counts.count;
}

} // namespace

std::uint32_t TopMap::find(std::string_view key, std::uint64_t hash) const {
    if (m_slots.empty()) return kNone;
    const std::size_t mask = m_slots.size() - 1;
    const std::uint64_t tag = hash >> 32;
    for (std::size_t at = tag & mask; m_slots[at] != 0; at = (at + 1) & mask) {
        if (m_slots[at] >> 32 != tag) continue;
        const auto number = static_cast<std::uint32_t>((m_slots[at] & kNumber) - 1);
        if (isAt(number, key)) return number;
    }
    return kNone;
}

std::uint32_t TopMap::add(std::string_view key, std::uint64_t hash, const Counts& counts) {
    key = cut(key);
    std::uint32_t number = find(key, hash);
    if (number == kNone) number = insert(key, hash);
    addTo(number, counts);
    return number;
}

std::uint32_t TopMap::insert(std::string_view key, std::uint64_t hash) {
    if (m_entries.size() >= m_capacity || (m_arena.size() + key.size() > m_arenaLimit && !m_entries.empty())) purge();
    if ((m_entries.size() + 1) * 8 > m_slots.size() * 5) grow();
    const std::size_t mask = m_slots.size() - 1;
    std::size_t at = hash >> 32 & mask;
    while (m_slots[at] != 0) at = (at + 1) & mask;
    m_entries.push_back({static_cast<std::uint32_t>(m_arena.size()), static_cast<std::uint32_t>(key.size()), {}});
    m_arena.append(key);
    m_slots[at] = hash >> 32 << 32 | m_entries.size();
    return static_cast<std::uint32_t>(m_entries.size() - 1);
}

void TopMap::grow() {
    std::vector<Slot> old(std::max(kFirstSlots, m_slots.size() * 2));
    old.swap(m_slots);
    const std::size_t mask = m_slots.size() - 1;
    for (const Slot slot : old) {
        if (slot == 0) continue;
        std::size_t at = slot >> 32 & mask;
        while (m_slots[at] != 0) at = (at + 1) & mask;
        m_slots[at] = slot;
    }
}

void TopMap::purge() {
    std::vector<std::uint64_t> values;
    values.reserve(m_entries.size());
    for (const Entry& entry : m_entries) values.push_back(entry.counts.count);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    const std::uint64_t median = *middle;
    values = {};
    m_maxError += median;
    // Keys lie in the arena in the order of their entries, so what is kept only moves towards the beginning.
    std::size_t kept = 0;
    std::size_t end = 0;
    std::vector<std::uint32_t> places(m_entries.size()); // what a slot holds for the entry from now on; 0 = dropped
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const Entry& entry = m_entries[i];
        if (entry.counts.count <= median) continue;
        Entry moved = entry;
        moved.counts.count -= median;
        std::copy_n(m_arena.begin() + entry.offset, entry.length, m_arena.begin() + static_cast<std::ptrdiff_t>(end));
        moved.offset = static_cast<std::uint32_t>(end);
        end += entry.length;
        m_entries[kept++] = moved;
        places[i] = static_cast<std::uint32_t>(kept);
    }
    m_entries.resize(kept);
    m_arena.resize(end);
    // The slots keep their half of the hash: no key is read again.
    std::vector<Slot> old(m_slots.size());
    old.swap(m_slots);
    const std::size_t mask = m_slots.size() - 1;
    for (const Slot slot : old) {
        if (slot == 0 || places[(slot & kNumber) - 1] == 0) continue;
        std::size_t at = slot >> 32 & mask;
        while (m_slots[at] != 0) at = (at + 1) & mask;
        m_slots[at] = (slot & ~kNumber) | places[(slot & kNumber) - 1];
    }
}

void TopMap::merge(const TopMap& other) {
    if (this == &other) {
        const TopMap copy = other;
        return merge(copy);
    }
    m_maxError += other.m_maxError;
    for (const Entry& entry : other.m_entries) {
        const std::string_view key = other.keyOf(entry);
        add(key, hashBytes(key), entry.counts);
    }
}

TopList TopMap::top(Rank rank, std::size_t count) const {
    std::vector<const Entry*> order;
    order.reserve(m_entries.size());
    for (const Entry& entry : m_entries) order.push_back(&entry);
    count = std::min(count, order.size());
    const auto before = [&](const Entry* a, const Entry* b) {
        const std::uint64_t left = rankOf(a->counts, rank);
        const std::uint64_t right = rankOf(b->counts, rank);
        return left != right ? left > right : keyOf(*a) < keyOf(*b);
    };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), before);
    TopList list;
    list.exact = exact();
    list.keys = exact() ? m_entries.size() : 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Counts& counts = order[i]->counts;
        list.entries.push_back({std::string(keyOf(*order[i])), counts.count + m_maxError, counts.bytes, counts.errors, m_maxError});
    }
    return list;
}

TopEntry TopMap::entryOf(std::string_view key) const {
    if (m_slots.empty()) return {};
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t at = hashBytes(key) >> 32 & mask; m_slots[at] != 0; at = (at + 1) & mask) {
        const Entry& entry = m_entries[(m_slots[at] & kNumber) - 1];
        if (keyOf(entry) == key) return {std::string(key), entry.counts.count + m_maxError, entry.counts.bytes, entry.counts.errors, m_maxError};
    }
    return {};
}

std::size_t TopMap::memoryBytes() const {
    return m_slots.capacity() * sizeof(Slot) + m_entries.capacity() * sizeof(Entry) + m_arena.capacity();
}

void TopMap::write(ByteWriter& out) const {
    std::vector<const Entry*> order;
    order.reserve(m_entries.size());
    for (const Entry& entry : m_entries) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [&](const Entry* a, const Entry* b) { return keyOf(*a) < keyOf(*b); });
    out.number(m_maxError);
    out.number(order.size());
    for (const Entry* entry : order) {
        out.text(keyOf(*entry));
        out.number(entry->counts.count);
        out.number(entry->counts.bytes);
        out.number(entry->counts.errors);
    }
}

void TopMap::read(ByteReader& in) {
    *this = TopMap(m_capacity, m_arenaLimit);
    const std::uint64_t maxError = in.number();
    const std::size_t count = in.count(4);
    if (count > m_capacity) return in.fail();
    m_entries.reserve(count);
    std::string_view before;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view key = in.text();
        Counts counts;
        counts.count = in.number();
        counts.bytes = in.number();
        counts.errors = in.number();
        if (in.failed() || key.size() > kMaxKeyBytes || (i > 0 && key <= before) || counts.count == 0) return in.fail();
        if (m_arena.size() + key.size() > m_arenaLimit && i > 0) return in.fail();
        addTo(insert(key, hashBytes(key)), counts);
        before = key;
    }
    m_maxError = maxError;
}

} // namespace sg
