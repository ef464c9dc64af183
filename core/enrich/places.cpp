#include "core/enrich/places.h"

#include "core/base/hash.h"
#include "core/record/json_text.h"

#include <absl/container/flat_hash_map.h>
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <maxminddb.h>
#include <netinet/in.h>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

namespace sg {
namespace {

constexpr std::size_t kAddressSlots = 1U << 14U; ///< of a memo; two addresses that share one only cost each other a look-up
constexpr std::size_t kMaxPlaces = 8192;         ///< of a memo; some 500 bytes each
constexpr std::size_t kMaxText = 256;            ///< of a name in a database
constexpr std::uint32_t kRecordsJudged = 1000;   ///< before a database is said to know no places

/// One open database.
class Database {
public:
    ~Database() {
        if (m_open) MMDB_close(&m_database);
    }
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] Status open(const PlaceFile& file);
    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] std::uint32_t find(const AddressInfo& address) const;
    [[nodiscard]] std::string text(std::uint32_t record, std::initializer_list<const char*> path) const;
    [[nodiscard]] std::optional<double> real(std::uint32_t record, std::initializer_list<const char*> path) const;
    [[nodiscard]] std::optional<std::uint64_t> number(std::uint32_t record, std::initializer_list<const char*> path) const;

private:
    [[nodiscard]] Status judge(const std::string& path) const;
    [[nodiscard]] bool value(std::uint32_t record, std::initializer_list<const char*> path, MMDB_entry_data_s& data) const;

    MMDB_s m_database{};
    bool m_open = false;
    std::string m_name;
};

Failure unfit(const std::string& path, const std::string& why) {
    return fail(ErrorCode::Corrupt, path + " is not a database of places or networks: " + why);
}

/// The library opens paths only: the bytes get one of their own in memory.
Status Database::open(const PlaceFile& file) {
    const int descriptor = ::memfd_create("places", MFD_CLOEXEC);
    if (descriptor < 0) return fail(ErrorCode::Io, "no memory for " + file.path + ": " + std::strerror(errno));
    std::string_view left = file.bytes;
    while (!left.empty()) {
        const ssize_t written = ::write(descriptor, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            const int error = errno;
            ::close(descriptor);
            return fail(ErrorCode::Io, "no memory for " + file.path + ": " + std::strerror(error));
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    const int opened = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &m_database);
    ::close(descriptor);
    if (opened != MMDB_SUCCESS) return unfit(file.path, MMDB_strerror(opened));
    m_open = true;
    std::array<char, 64> rest{};
    std::snprintf(rest.data(), rest.size(), " %llu %016llx", static_cast<unsigned long long>(m_database.metadata.build_epoch),
                  static_cast<unsigned long long>(hashBytes(file.bytes)));
    m_name = std::string(m_database.metadata.database_type != nullptr ? m_database.metadata.database_type : "") + rest.data();
    return judge(file.path);
}

std::uint32_t Database::find(const AddressInfo& address) const {
    sockaddr_storage storage{};
    if (address.kind == AddressKind::Ipv4) {
        auto* const ipv4 = reinterpret_cast<sockaddr_in*>(&storage);
        ipv4->sin_family = AF_INET;
        std::memcpy(&ipv4->sin_addr, address.bytes.data() + 12, 4);
    } else if (address.kind == AddressKind::Ipv6) {
        auto* const ipv6 = reinterpret_cast<sockaddr_in6*>(&storage);
        ipv6->sin6_family = AF_INET6;
        std::memcpy(&ipv6->sin6_addr, address.bytes.data(), 16);
    } else {
        return Places::kNone;
    }
    int error = MMDB_SUCCESS; // an IPv6 address in a database of IPv4, a tree that ends nowhere: it is not known
    const MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&m_database, reinterpret_cast<const sockaddr*>(&storage), &error);
    return error == MMDB_SUCCESS && found.found_entry ? found.entry.offset : Places::kNone;
}

bool Database::value(std::uint32_t record, std::initializer_list<const char*> path, MMDB_entry_data_s& data) const {
    std::array<const char*, 5> names{};
    std::copy(path.begin(), path.end(), names.begin());
    MMDB_entry_s entry{&m_database, record};
    return MMDB_aget_value(&entry, &data, names.data()) == MMDB_SUCCESS && data.has_data;
}

std::string Database::text(std::uint32_t record, std::initializer_list<const char*> path) const {
    MMDB_entry_data_s data{};
    if (!value(record, path, data) || data.type != MMDB_DATA_TYPE_UTF8_STRING) return {};
    return {data.utf8_string, std::min<std::size_t>(data.data_size, kMaxText)};
}

std::optional<double> Database::real(std::uint32_t record, std::initializer_list<const char*> path) const {
    MMDB_entry_data_s data{};
    if (!value(record, path, data)) return std::nullopt;
    double read = NAN;
    if (data.type == MMDB_DATA_TYPE_DOUBLE) {
        read = data.double_value;
    } else if (data.type == MMDB_DATA_TYPE_FLOAT) {
        // The shortest number that is this float: 37.751, not 37.750999450683594.
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), data.float_value).ptr;
        static_cast<void>(std::from_chars(digits.data(), end, read));
    } else if (data.type == MMDB_DATA_TYPE_UTF8_STRING) {
        const auto [end, error] = std::from_chars(data.utf8_string, data.utf8_string + data.data_size, read);
        if (error != std::errc() || end != data.utf8_string + data.data_size) return std::nullopt;
    }
    return std::isfinite(read) ? std::optional(read) : std::nullopt;
}

std::optional<std::uint64_t> Database::number(std::uint32_t record, std::initializer_list<const char*> path) const {
    MMDB_entry_data_s data{};
    if (!value(record, path, data)) return std::nullopt;
    switch (data.type) {
    case MMDB_DATA_TYPE_UINT16:
        return data.uint16;
    case MMDB_DATA_TYPE_UINT32:
        return data.uint32;
    case MMDB_DATA_TYPE_UINT64:
        return data.uint64;
    case MMDB_DATA_TYPE_INT32:
        return data.int32 < 0 ? std::nullopt : std::optional<std::uint64_t>(static_cast<std::uint64_t>(data.int32));
    case MMDB_DATA_TYPE_UTF8_STRING: { // AS64496
        std::string_view digits(data.utf8_string, data.data_size);
        if (digits.starts_with("AS")) digits.remove_prefix(2);
        std::uint64_t read = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), read);
        if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
        return read;
    }
    default:
        return std::nullopt;
    }
}

/// What the databases say of an address, the first one first.
struct Found {
    std::string continentCode, continentName, countryCode, countryName, regionCode, regionName, city, organization;
    std::optional<double> latitude, longitude;
    std::optional<std::uint64_t> number;

    [[nodiscard]] bool empty() const {
        return continentCode.empty() && continentName.empty() && countryCode.empty() && countryName.empty() && regionCode.empty() &&
               regionName.empty() && city.empty() && organization.empty() && !latitude && !number;
    }
    void add(const Database& database, std::uint32_t record);
};

void Found::add(const Database& database, std::uint32_t record) {
    using Path = std::initializer_list<const char*>;
    const auto fill = [&](std::string& into, std::initializer_list<Path> paths) {
        for (const Path path : paths) {
            if (!into.empty()) return;
            into = database.text(record, path);
        }
    };
    fill(continentCode, {{"continent", "code"}, {"continent_code"}, {"continent"}});
    fill(continentName, {{"continent", "names", "en"}, {"continent_name"}});
    fill(countryCode, {{"country", "iso_code"}, {"country_code"}, {"country"}});
    fill(countryName, {{"country", "names", "en"}, {"country_name"}});
    fill(regionCode, {{"subdivisions", "0", "iso_code"}, {"region_code"}});
    fill(regionName, {{"subdivisions", "0", "names", "en"}, {"state1"}, {"region"}});
    fill(city, {{"city", "names", "en"}, {"city"}});
    fill(organization, {{"autonomous_system_organization"}, {"as_name"}, {"as_organization"}});
    if (countryCode == "ZZ" || countryCode == "-") countryCode.clear(); // nobody's
    if (countryCode.size() > 3) { // a name where others have a code
        if (countryName.empty()) countryName = countryCode;
        countryCode.clear();
    }
    if (!number) number = database.number(record, {"autonomous_system_number"});
    if (!number) number = database.number(record, {"asn"});
    if (number && (*number == 0 || *number > UINT32_MAX)) number.reset();
    const auto locate = [&](Path first, Path second) {
        if (latitude) return;
        const auto north = database.real(record, first), east = database.real(record, second);
        if (!north || !east || std::abs(*north) > 90 || std::abs(*east) > 180) return;
        latitude = north;
        longitude = east;
    };
    locate({"location", "latitude"}, {"location", "longitude"});
    locate({"latitude"}, {"longitude"});
}

/// A database of something else is said at once, not by documents without places.
Status Database::judge(const std::string& path) const {
    std::uint32_t judged = 0;
    for (std::uint32_t node = 0; node < m_database.metadata.node_count && judged < kRecordsJudged; ++node) {
        MMDB_search_node_s records{};
        if (const int read = MMDB_read_node(&m_database, node, &records); read != MMDB_SUCCESS) return unfit(path, MMDB_strerror(read));
        for (const auto& [type, entry] : {std::pair(records.left_record_type, records.left_record_entry),
                                          std::pair(records.right_record_type, records.right_record_entry)}) {
            if (type == MMDB_RECORD_TYPE_INVALID) return unfit(path, "its search tree leads nowhere");
            if (type != MMDB_RECORD_TYPE_DATA) continue;
            ++judged;
            Found found;
            found.add(*this, entry.offset);
            if (!found.empty()) return {};
        }
    }
    return unfit(path, "\"" + m_name.substr(0, m_name.rfind(' ', m_name.rfind(' ') - 1)) + "\" " +
                           (judged == 0 ? "holds nothing" : "knows no country, no city and no network"));
}

void appendMember(std::string& out, std::string_view key, std::string_view text) {
    if (text.empty()) return;
    out += out.size() > 1 ? ",\"" : "\"";
    out += key;
    out += "\":";
    appendJsonText(text, out);
}

void appendReal(std::string& out, double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

PlaceInfo render(const Found& found) {
    PlaceInfo place;
    place.country = found.countryName.empty() ? found.countryCode : found.countryName;
    std::string& geo = place.geoJson;
    geo = "{";
    appendMember(geo, "continent_code", found.continentCode);
    appendMember(geo, "continent_name", found.continentName);
    appendMember(geo, "country_iso_code", found.countryCode);
    appendMember(geo, "country_name", found.countryName);
    appendMember(geo, "region_iso_code",
                 found.countryCode.empty() || found.regionCode.empty() ? std::string() : found.countryCode + '-' + found.regionCode);
    appendMember(geo, "region_name", found.regionName);
    appendMember(geo, "city_name", found.city);
    if (found.latitude) {
        geo += geo.size() > 1 ? ",\"location\":{\"lat\":" : "\"location\":{\"lat\":";
        appendReal(geo, *found.latitude);
        geo += ",\"lon\":";
        appendReal(geo, *found.longitude);
        geo += '}';
    }
    geo += '}';
    if (geo.size() == 2) geo.clear();
    if (!found.number && found.organization.empty()) return place;
    if (found.number) place.network = "AS" + std::to_string(*found.number);
    if (!found.organization.empty()) place.network += (place.network.empty() ? "" : " ") + found.organization;
    std::string& network = place.asJson;
    network = "{";
    if (found.number) network += "\"number\":" + std::to_string(*found.number);
    if (!found.organization.empty()) {
        network += network.size() > 1 ? ",\"organization\":{\"name\":" : "\"organization\":{\"name\":";
        appendJsonText(found.organization, network);
        network += '}';
    }
    network += '}';
    return place;
}

bool begins(const std::uint8_t* bytes, std::initializer_list<std::uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), bytes);
}

std::string_view ipv4KindName(const std::uint8_t* b) {
    if (b[0] == 0) return b[1] == 0 && b[2] == 0 && b[3] == 0 ? "unspecified" : "reserved";
    if (b[0] == 10 || (b[0] == 172 && (b[1] & 0xF0U) == 16) || (b[0] == 192 && b[1] == 168)) return "private";
    if (b[0] == 127) return "loopback";
    if (b[0] == 169 && b[1] == 254) return "link-local";
    if (b[0] == 100 && (b[1] & 0xC0U) == 64) return "shared";
    if (begins(b, {192, 0, 2}) || begins(b, {198, 51, 100}) || begins(b, {203, 0, 113})) return "documentation";
    if (begins(b, {192, 0, 0}) || (b[0] == 198 && (b[1] & 0xFEU) == 18) || b[0] >= 240) return "reserved";
    return b[0] >= 224 ? "multicast" : std::string_view();
}

} // namespace

struct Places::State {
    std::vector<std::unique_ptr<Database>> databases;
    std::string name;
};

Places::Places(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Places::~Places() = default;

Result<std::shared_ptr<const Places>> Places::read(const std::vector<PlaceFile>& files) {
    if (files.size() > kMaxPlaceDatabases)
        return fail(ErrorCode::InvalidArgument, "there are more than " + std::to_string(kMaxPlaceDatabases) + " databases of places");
    auto state = std::make_unique<State>();
    for (const PlaceFile& file : files) {
        auto database = std::make_unique<Database>();
        SG_TRY(database->open(file));
        state->name += (state->name.empty() ? "" : "; ") + database->name();
        state->databases.push_back(std::move(database));
    }
    return std::shared_ptr<const Places>(new Places(std::move(state)));
}

const std::string& Places::name() const { return m_state->name; }

Places::Records Places::find(const AddressInfo& address) const {
    Records records;
    records.fill(kNone);
    for (std::size_t i = 0; i < m_state->databases.size(); ++i) records[i] = m_state->databases[i]->find(address);
    return records;
}

PlaceInfo Places::describe(const Records& records) const {
    Found found;
    for (std::size_t i = 0; i < m_state->databases.size(); ++i)
        if (records[i] != kNone) found.add(*m_state->databases[i], records[i]);
    return render(found);
}

std::string_view addressKindName(const AddressInfo& address) {
    const std::uint8_t* const b = address.bytes.data();
    if (address.kind == AddressKind::Ipv4) return ipv4KindName(b + 12);
    if (address.kind != AddressKind::Ipv6) return {};
    if (std::all_of(b, b + 15, [](std::uint8_t byte) { return byte == 0; })) return b[15] == 0 ? "unspecified" : b[15] == 1 ? "loopback" : "";
    if ((b[0] & 0xFEU) == 0xFC) return "private";
    if (b[0] == 0xFE && (b[1] & 0xC0U) == 0x80) return "link-local";
    if (b[0] == 0xFF) return "multicast";
    if (begins(b, {0x20, 0x01, 0x0D, 0xB8}) || (b[0] == 0x3F && b[1] == 0xFF && b[2] < 0x10)) return "documentation";
    return {};
}

struct PlaceMemo::State {
    struct Slot {
        std::array<std::uint8_t, 16> address{};
        const PlaceInfo* place = nullptr; ///< null: the slot is empty
    };
    std::shared_ptr<const Places> places;
    std::vector<Slot> slots{kAddressSlots};
    absl::flat_hash_map<std::pair<Places::Records, std::string_view>, std::unique_ptr<PlaceInfo>> known; ///< by records, or by kind
};

PlaceMemo::PlaceMemo(std::shared_ptr<const Places> places) : m_state(std::make_unique<State>()) { m_state->places = std::move(places); }
PlaceMemo::~PlaceMemo() = default;

const std::shared_ptr<const Places>& PlaceMemo::places() const { return m_state->places; }

const PlaceInfo* PlaceMemo::find(const AddressInfo& address) {
    if (address.kind != AddressKind::Ipv4 && address.kind != AddressKind::Ipv6) return nullptr;
    const std::string_view key(reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size());
    State::Slot& slot = m_state->slots[hashBytes(key) % kAddressSlots];
    if (slot.place != nullptr && slot.address == address.bytes) return slot.place;
    const Places::Records records = m_state->places->find(address);
    const bool unknown = std::all_of(records.begin(), records.end(), [](std::uint32_t each) { return each == Places::kNone; });
    const std::string_view kind = unknown ? addressKindName(address) : std::string_view();
    auto at = m_state->known.find({records, kind});
    if (at == m_state->known.end()) {
        if (m_state->known.size() >= kMaxPlaces) {
            m_state->known.clear();
            std::fill(m_state->slots.begin(), m_state->slots.end(), State::Slot());
        }
        auto place = std::make_unique<PlaceInfo>(m_state->places->describe(records));
        if (!kind.empty()) {
            place->country = place->network = kind;
            place->geoJson = "{\"name\":\"" + std::string(kind) + "\"}";
        }
        at = m_state->known.emplace(std::pair(records, kind), std::move(place)).first;
    }
    slot.address = address.bytes;
    slot.place = at->second.get();
    return slot.place;
}

} // namespace sg
