#pragma once
/// Where addresses are and whose networks they belong to: databases in MaxMind's format (.mmdb), held in memory.
///
/// Read are the shapes in use: nested ones (GeoLite2, GeoIP2, DB-IP: `country.iso_code`, `city.names.en`) and flat ones (`country_code`,
/// `city`, `asn`). Of several databases the first that says a thing is believed. An address that none of them knows and that is not public
/// is named by its kind. What Elasticsearch would refuse (a latitude of 200) is left out.
///
/// *Thread:* immutable; a PlaceMemo belongs to one thread. *Cost:* the files' bytes in memory; a look-up is about a microsecond, a
/// remembered one some nanoseconds. *Source:* MaxMind DB File Format Specification 2.0.
#include "core/base/result.h"
#include "core/record/event.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

inline constexpr std::size_t kMaxPlaceDatabases = 8;

/// A file's content. Its pages are copied: a file that is cut or written over while it is in use harms nothing.
struct PlaceFile {
    std::string path;
    std::string bytes;
};

class Places {
public:
    /// Where the databases' records of an address begin; kNone = a database has none.
    using Records = std::array<std::uint32_t, kMaxPlaceDatabases>;
    static constexpr std::uint32_t kNone = UINT32_MAX;

    /// *Errors:* Corrupt names the file and says what is wrong with it, also when it is sound and knows neither places nor networks.
    [[nodiscard]] static Result<std::shared_ptr<const Places>> read(const std::vector<PlaceFile>& files);
    ~Places();
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    /// Type, build time and digest of each database: equal names, equal answers. Part of a batch's plan.
    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] Records find(const AddressInfo& address) const;
    [[nodiscard]] PlaceInfo describe(const Records& records) const;

private:
    struct State;
    explicit Places(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// "private", "loopback", "link-local", "shared", "multicast", "documentation", "reserved" or "unspecified"; empty for a public address.
[[nodiscard]] std::string_view addressKindName(const AddressInfo& address);

/// What was found last. Visitors come in bursts, and most of them from few places.
class PlaceMemo {
public:
    explicit PlaceMemo(std::shared_ptr<const Places> places);
    ~PlaceMemo();
    PlaceMemo(const PlaceMemo&) = delete;
    PlaceMemo& operator=(const PlaceMemo&) = delete;
    /// Null for what is no address. Valid until the next call.
    [[nodiscard]] const PlaceInfo* find(const AddressInfo& address);
    [[nodiscard]] const std::shared_ptr<const Places>& places() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sg
