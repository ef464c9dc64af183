#include "core/aggregate/hyper_log_log.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace sg {
namespace {

constexpr std::uint32_t kSparseLimit = 1024;
constexpr std::size_t kFirstSize = 16;

double sigma(double x) {
    if (x == 1.0) return std::numeric_limits<double>::infinity();
    double y = 1;
    double z = x;
    for (double before = -1; z != before;) {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    }
    return z;
}

double tau(double x) {
    if (x == 0.0 || x == 1.0) return 0;
    double y = 1;
    double z = 1 - x;
    for (double before = -1; z != before;) {
        x = std::sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    }
    return z / 3;
}

} // namespace

void HyperLogLog::raise(std::uint32_t index, std::uint8_t rank) {
    if (!m_dense.empty()) {
        m_dense[index] = std::max(m_dense[index], rank);
        return;
    }
    if ((m_used + 1) * 2 > m_sparse.size()) grow();
    if (!m_dense.empty()) return raise(index, rank);
    const std::size_t mask = m_sparse.size() - 1;
    for (std::size_t at = index & mask;; at = (at + 1) & mask) {
        std::uint32_t& slot = m_sparse[at];
        if (slot == 0) {
            slot = index << 6 | rank;
            ++m_used;
            return;
        }
        if (slot >> 6 == index) {
            slot = std::max(slot, index << 6 | rank);
            return;
        }
    }
}

void HyperLogLog::grow() {
    if (m_used >= kSparseLimit) return makeDense();
    std::vector<std::uint32_t> old(std::max(kFirstSize, m_sparse.size() * 2));
    old.swap(m_sparse);
    m_used = 0;
    for (const std::uint32_t slot : old)
        if (slot != 0) raise(slot >> 6, static_cast<std::uint8_t>(slot & 0x3F));
}

void HyperLogLog::makeDense() {
    m_dense.resize(kRegisters);
    for (const std::uint32_t slot : m_sparse)
        if (slot != 0) m_dense[slot >> 6] = static_cast<std::uint8_t>(slot & 0x3F);
    m_sparse = {};
    m_used = 0;
}

template <class Visit> void HyperLogLog::visit(Visit&& each) const {
    for (const std::uint32_t slot : m_sparse)
        if (slot != 0) each(slot >> 6, static_cast<std::uint8_t>(slot & 0x3F));
    for (std::size_t i = 0; i < m_dense.size(); ++i)
        if (m_dense[i] != 0) each(static_cast<std::uint32_t>(i), m_dense[i]);
}

void HyperLogLog::merge(const HyperLogLog& other) {
    if (this == &other) return;
    if (!other.m_dense.empty() && m_dense.empty()) makeDense();
    other.visit([this](std::uint32_t index, std::uint8_t rank) { raise(index, rank); });
}

double HyperLogLog::estimate() const {
    std::array<std::uint32_t, kMaxRank + 1> histogram{};
    histogram[0] = kRegisters;
    visit([&](std::uint32_t, std::uint8_t rank) {
        ++histogram[rank];
        --histogram[0];
    });
    if (histogram[0] == kRegisters) return 0;
    const auto m = static_cast<double>(kRegisters);
    double z = m * tau(1 - histogram[kMaxRank] / m);
    for (unsigned k = kTail; k >= 1; --k) z = 0.5 * (z + histogram[k]);
    z += m * sigma(histogram[0] / m);
    return m * m / (2 * std::log(2.0) * z);
}

void HyperLogLog::write(ByteWriter& out) const {
    std::vector<std::uint32_t> registers;
    visit([&](std::uint32_t index, std::uint8_t rank) { registers.push_back(index << 6 | rank); });
    std::sort(registers.begin(), registers.end());
    const bool all = registers.size() > kRegisters / 4; // from there one byte for every register is shorter
    out.byte(all ? 1 : 0);
    if (all) {
        std::size_t next = 0;
        for (std::uint32_t i = 0; i < kRegisters; ++i) {
            const bool set = next < registers.size() && registers[next] >> 6 == i;
            out.byte(set ? static_cast<std::uint8_t>(registers[next++] & 0x3F) : std::uint8_t{0});
        }
        return;
    }
    out.number(registers.size());
    std::uint32_t before = 0;
    for (const std::uint32_t value : registers) {
        out.number(value - before);
        before = value;
    }
}

void HyperLogLog::read(ByteReader& in) {
    *this = {};
    const std::uint8_t form = in.byte();
    if (form == 1) {
        m_dense.resize(kRegisters);
        for (std::uint8_t& rank : m_dense) {
            rank = in.byte();
            if (rank > kMaxRank) in.fail();
        }
        if (in.failed()) *this = {};
        return;
    }
    if (form != 0) return in.fail();
    const std::size_t count = in.count(1);
    std::uint64_t value = 0;
    std::uint64_t beforeIndex = kRegisters;
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
        const std::uint64_t step = in.number();
        value += step;
        const std::uint64_t rank = value & 0x3F;
        if (step > kRegisters << 6 || value >> 6 >= kRegisters || rank == 0 || rank > kMaxRank || value >> 6 == beforeIndex)
            return in.fail();
        beforeIndex = value >> 6;
        raise(static_cast<std::uint32_t>(beforeIndex), static_cast<std::uint8_t>(rank));
    }
}

} // namespace sg
