#pragma once
/// How much is said to a server at a time: bytes of a body and requests in flight, up a step for what it takes, halved when it complains.
///
/// Both begin at what the profile allows, so that a server that keeps up never waits for a slow start. One congestion halves once: only a
/// complaint about a request that left after the last halving counts. What a 413 refused is not tried again until a new connection.
/// Pure. *Source:* additive increase, multiplicative decrease (Chiu and Jain, 1989), as in TCP.
#include <cstddef>
#include <cstdint>

namespace sg {

class Pace {
public:
    struct Limits {
        std::size_t leastBytes = 16U << 10U;
        std::size_t mostBytes = 5U << 20U; ///< of the profile
        std::uint32_t mostInFlight = 2;    ///< of the profile; at least 1 goes
    };

    /// May change at any time; the figures stay inside.
    void setLimits(const Limits& limits);
    /// What a 413 refused may be tried again, step by step.
    void connected();

    /// A request leaves; its number comes back with its answer.
    [[nodiscard]] std::uint64_t sent() { return ++m_sent; }
    /// It was taken as a whole.
    void taken();
    /// 429 (of the whole or of documents), or no answer in time: fewer and smaller.
    void overloaded(std::uint64_t request);
    /// 413: smaller than this body was.
    void tooLarge(std::size_t bytes);

    [[nodiscard]] std::size_t bodyBytes() const;
    [[nodiscard]] std::uint32_t inFlight() const;

private:
    void bound();
    [[nodiscard]] std::size_t mostBytes() const;

    Limits m_limits;
    bool m_begun = false;
    std::size_t m_bytes = 0;
    std::size_t m_ceiling = SIZE_MAX; ///< below what a 413 refused
    double m_requests = 1;
    std::uint64_t m_sent = 0;
    std::uint64_t m_halvedAt = 0; ///< the newest request when it was halved
};

} // namespace sg
