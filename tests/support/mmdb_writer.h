#pragma once
/// Writes small databases in MaxMind's format, for tests: a tree of 32-bit records over IPv6, IPv4 below ::/96.
///
/// *Source:* MaxMind DB File Format Specification 2.0.
#include <arpa/inet.h>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sg::test {

namespace mmdb {

inline std::string control(unsigned type, std::size_t size) {
    if (size > 29 + 255) std::abort(); // no test needs more
    const unsigned low = size < 29 ? static_cast<unsigned>(size) : 29;
    std::string out(1, static_cast<char>((type > 7 ? 0 : type << 5U) | low));
    if (type > 7) out += static_cast<char>(type - 7);
    if (low == 29) out += static_cast<char>(size - 29);
    return out;
}
inline std::string bigEndian(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8U * static_cast<unsigned>(i)) & 0xFFU);
    return out;
}
inline std::string text(std::string_view value) { return control(2, value.size()) + std::string(value); }
inline std::string real(double value) { return control(3, 8) + bigEndian(std::bit_cast<std::uint64_t>(value), 8); }
inline std::string shortReal(float value) { return control(15, 4) + bigEndian(std::bit_cast<std::uint32_t>(value), 4); }
inline std::string number(std::uint32_t value) { return control(6, 4) + bigEndian(value, 4); }
inline std::string map(const std::vector<std::pair<std::string, std::string>>& members) {
    std::string out = control(7, members.size());
    for (const auto& [key, value] : members) out += text(key) + value;
    return out;
}
inline std::string array(const std::vector<std::string>& values) {
    std::string out = control(11, values.size());
    for (const std::string& value : values) out += value;
    return out;
}
/// As in GeoLite2-City.
inline std::string city(std::string_view code, std::string_view country, std::string_view name, double latitude, double longitude) {
    const auto names = [](std::string_view english) { return map({{"names", map({{"en", text(english)}})}}); };
    return map({{"city", names(name)},
                {"continent", map({{"code", text("EU")}, {"names", map({{"en", text("Europe")}})}})},
                {"country", map({{"iso_code", text(code)}, {"names", map({{"en", text(country)}})}})},
                {"location", map({{"latitude", real(latitude)}, {"longitude", real(longitude)}})}});
}
/// As in GeoLite2-ASN.
inline std::string network(std::uint32_t asn, std::string_view organization) {
    return map({{"autonomous_system_number", number(asn)}, {"autonomous_system_organization", text(organization)}});
}

} // namespace mmdb

class MmdbWriter {
public:
    /// `network` as "81.2.69.0/24" or "2a02:8100::/32"; wider ones before narrower ones.
    void add(const std::string& network, const std::string& value) {
        const auto slash = network.find('/');
        const std::string address = network.substr(0, slash);
        unsigned bits = static_cast<unsigned>(std::stoul(network.substr(slash + 1)));
        std::array<std::uint8_t, 16> bytes{};
        if (address.find(':') != std::string::npos) {
            if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) std::abort();
        } else {
            if (::inet_pton(AF_INET, address.c_str(), bytes.data() + 12) != 1) std::abort();
            bits += 96;
        }
        const std::size_t data = m_data.size();
        m_data += value;
        std::size_t node = 0;
        for (unsigned i = 0; i < bits; ++i) {
            const unsigned side = bytes[i / 8] >> (7 - i % 8) & 1U;
            Record& record = m_nodes[node][side];
            if (i + 1 == bits) {
                record = {Record::Data, data};
            } else if (record.kind == Record::Node) {
                node = record.value;
            } else { // what held for the wider network holds on both sides
                const Record wider = record;
                record = {Record::Node, m_nodes.size()};
                node = m_nodes.size();
                m_nodes.push_back({wider, wider});
            }
        }
    }
    [[nodiscard]] std::string bytes(std::string_view type, std::uint32_t buildEpoch = 1'760'000'000) const {
        const std::size_t count = m_nodes.size();
        std::string out;
        for (const auto& node : m_nodes)
            for (const Record& record : node)
                out += mmdb::bigEndian(record.kind == Record::Empty  ? count
                                       : record.kind == Record::Node ? record.value
                                                                     : count + 16 + record.value,
                                       4);
        out += std::string(16, '\0') + m_data + "\xab\xcd\xefMaxMind.com";
        const auto word = [](unsigned value) { return mmdb::control(5, 2) + mmdb::bigEndian(value, 2); };
        return out + mmdb::map({{"binary_format_major_version", word(2)},
                                {"binary_format_minor_version", word(0)},
                                {"build_epoch", mmdb::control(9, 8) + mmdb::bigEndian(buildEpoch, 8)},
                                {"database_type", mmdb::text(type)},
                                {"description", mmdb::map({{"en", mmdb::text("for tests")}})},
                                {"ip_version", word(6)},
                                {"languages", mmdb::array({mmdb::text("en")})},
                                {"node_count", mmdb::number(static_cast<std::uint32_t>(count))},
                                {"record_size", word(32)}});
    }

private:
    struct Record {
        enum Kind : std::uint8_t { Empty, Node, Data } kind = Empty;
        std::size_t value = 0;
    };
    std::vector<std::array<Record, 2>> m_nodes{1};
    std::string m_data;
};

} // namespace sg::test
