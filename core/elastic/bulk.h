#pragma once
/// Assembles the body of a bulk request and takes it apart again: a retry resends only what failed, a 413 splits.
///
/// *Cost:* one buffer; a kept or split body moves bytes once. *Source:* Elasticsearch bulk API, op `create`, no `_type`.
#include "core/base/clock.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// What is known of one document of a body.
struct BulkItem {
    std::uint32_t offset = 0;   ///< of its action line, in the body
    std::uint32_t length = 0;   ///< of both lines, with their newlines
    std::uint32_t idOffset = 0; ///< in the body
    std::uint32_t idLength = 0;
    std::uint32_t chunk = 0;      ///< index in Plan::chunks
    std::uint64_t lineOffset = 0; ///< of its line, in the chunk
    bool maybeSent = false;       ///< an attempt of this run ended without a known outcome: 409 is then its own echo
    bool collided = false;        ///< 409 though it was never sent before: stays a collision
    bool shortened = false;       ///< it has no labels any more: no other attempt would be shorter
};

class BulkBody {
public:
    explicit BulkBody(std::size_t limit = 0) : m_limit(limit) {}

    /// Appends a document; false (and nothing is changed) when it does not fit and the body is not empty: one document always fits.
    /// `index` and `id` hold only characters that need no JSON escape.
    [[nodiscard]] bool add(std::string_view index, std::string_view id, std::string_view document, std::uint32_t chunk,
                           std::uint64_t lineOffset);
    /// Appends the deletion of a document, whatever the size: it is small. REQUIRES: as `add`.
    void addDelete(std::string_view index, std::string_view id);
    /// Leaves only the items whose place is in `places` (ascending).
    void keep(const std::vector<std::uint32_t>& places);
    /// Leaves the labels of the documents at `places` (ascending) out (`withoutLabels`); one that has none stays as it is.
    void shorten(const std::vector<std::uint32_t>& places);
    /// Takes the second half out. REQUIRES: at least two items.
    [[nodiscard]] BulkBody splitOff();

    [[nodiscard]] const std::string& text() const { return m_text; }
    [[nodiscard]] std::size_t size() const { return m_items.size(); }
    [[nodiscard]] bool empty() const { return m_items.empty(); }
    [[nodiscard]] std::vector<BulkItem>& items() { return m_items; }
    [[nodiscard]] const std::vector<BulkItem>& items() const { return m_items; }
    [[nodiscard]] std::string_view id(std::size_t place) const;
    [[nodiscard]] std::string_view document(std::size_t place) const; ///< its line of JSON, without the newline

private:
    std::size_t m_limit;
    std::string m_text;
    std::vector<BulkItem> m_items;
};

/// `<prefix>-access-YYYY.MM.DD` of the event's UTC day.
[[nodiscard]] std::string accessIndex(std::string_view prefix, Timestamp eventTime);

/// `<prefix>-deadletters-YYYY.MM.DD` of the UTC day on which the letter was found.
[[nodiscard]] std::string deadLettersIndex(std::string_view prefix, Timestamp found);

/// The path of every bulk request: answers keep their positions but lose what nobody reads.
inline constexpr std::string_view kBulkPath =
    "/_bulk?filter_path=took,errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason";

} // namespace sg
