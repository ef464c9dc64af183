#include "core/elastic/bulk.h"

#include "core/elastic/encode.h"

#include <algorithm>

namespace sg {
namespace {
constexpr std::string_view kBeforeIndex = R"({"create":{"_index":")";
constexpr std::string_view kBeforeId = R"(","_id":")";
constexpr std::string_view kAfterId = "\"}}\n";

std::string dayIndex(std::string_view prefix, std::string_view kind, Timestamp time) {
    std::string day = isoDate(time);
    std::replace(day.begin(), day.end(), '-', '.');
    return std::string(prefix).append(kind) + day;
}

/// The line that says what is to be done with which document; the item ends behind it.
BulkItem appendAction(std::string& text, std::string_view beforeIndex, std::string_view index, std::string_view id) {
    BulkItem item;
    item.offset = static_cast<std::uint32_t>(text.size());
    text += beforeIndex;
    text += index;
    text += kBeforeId;
    item.idOffset = static_cast<std::uint32_t>(text.size());
    item.idLength = static_cast<std::uint32_t>(id.size());
    text += id;
    text += kAfterId;
    item.length = static_cast<std::uint32_t>(text.size()) - item.offset;
    return item;
}

} // namespace

void BulkBody::addDelete(std::string_view index, std::string_view id) {
    const BulkItem item = appendAction(m_text, R"({"delete":{"_index":")", index, id);
    m_items.push_back(item);
}

bool BulkBody::add(std::string_view index, std::string_view id, std::string_view document, std::uint32_t chunk, std::uint64_t lineOffset) {
    const std::size_t length = kBeforeIndex.size() + index.size() + kBeforeId.size() + id.size() + kAfterId.size() + document.size() + 1;
    if (!m_items.empty() && m_text.size() + length > m_limit) return false;
    if (m_text.capacity() == 0) m_text.reserve(std::max(length, std::min<std::size_t>(m_limit, 64U << 20U)));
    BulkItem item = appendAction(m_text, kBeforeIndex, index, id);
    item.length = static_cast<std::uint32_t>(length);
    m_text += document;
    m_text += '\n';
    item.chunk = chunk;
    item.lineOffset = lineOffset;
    m_items.push_back(item);
    return true;
}

void BulkBody::keep(const std::vector<std::uint32_t>& places) {
    std::size_t end = 0;
    std::vector<BulkItem> kept;
    kept.reserve(places.size());
    for (const std::uint32_t place : places) {
        BulkItem item = m_items[place];
        std::copy_n(m_text.data() + item.offset, item.length, m_text.data() + end); // forward: `end` never passes `offset`
        item.idOffset = static_cast<std::uint32_t>(end) + (item.idOffset - item.offset);
        item.offset = static_cast<std::uint32_t>(end);
        end += item.length;
        kept.push_back(item);
    }
    m_text.resize(end);
    m_items = std::move(kept);
}

void BulkBody::shorten(const std::vector<std::uint32_t>& places) {
    std::string text;
    text.reserve(m_text.size() + places.size() * 32);
    auto next = places.begin();
    for (std::uint32_t place = 0; place < m_items.size(); ++place) {
        BulkItem& item = m_items[place];
        const auto begin = static_cast<std::uint32_t>(text.size());
        const std::string_view lines = std::string_view(m_text).substr(item.offset, item.length);
        if (next != places.end() && *next == place) {
            ++next;
            const std::string_view before = document(place);
            const std::string after = withoutLabels(before);
            item.shortened = true;
            text.append(lines.substr(0, lines.size() - before.size() - 1)).append(after.empty() ? before : std::string_view(after)).append("\n");
        } else {
            text += lines;
        }
        item.idOffset = begin + (item.idOffset - item.offset);
        item.offset = begin;
        item.length = static_cast<std::uint32_t>(text.size()) - begin;
    }
    m_text = std::move(text);
}

BulkBody BulkBody::splitOff() {
    const std::size_t half = m_items.size() / 2;
    const std::uint32_t cut = m_items[half].offset;
    BulkBody second(m_limit);
    second.m_text = m_text.substr(cut);
    second.m_items.assign(m_items.begin() + static_cast<std::ptrdiff_t>(half), m_items.end());
    for (BulkItem& item : second.m_items) {
        item.offset -= cut;
        item.idOffset -= cut;
    }
    m_items.resize(half);
    m_text.resize(cut);
    m_text.shrink_to_fit();
    return second;
}

std::string_view BulkBody::id(std::size_t place) const {
    const BulkItem& item = m_items[place];
    return std::string_view(m_text).substr(item.idOffset, item.idLength);
}

std::string_view BulkBody::document(std::size_t place) const {
    const BulkItem& item = m_items[place];
    const std::string_view lines = std::string_view(m_text).substr(item.offset, item.length);
    const std::size_t action = lines.find('\n') + 1;
    return lines.substr(action, lines.size() - action - 1);
}

std::string accessIndex(std::string_view prefix, Timestamp eventTime) { return dayIndex(prefix, "-access-", eventTime); }
std::string deadLettersIndex(std::string_view prefix, Timestamp found) { return dayIndex(prefix, "-deadletters-", found); }

} // namespace sg
