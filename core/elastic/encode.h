#pragma once
/// Events as ECS 8 documents: one line of JSON each, always valid UTF-8, absent values left out.
///
/// Decisions: `url.domain` is the host of an absolute target, else the virtual host. A request line that is none goes to `message` (after the
/// server's own message and ": ", if there is one), and method, url and version are absent. `source.address` is as written; `source.ip`
/// only when it is one; a name goes to `source.domain`. `related.ip` has every ip of the address lists, each once, at most 16.
/// `destination.ip`, ports and byte counts of extra fields are written only when Elasticsearch can take them. Labels keep letters, digits,
/// `_` and `-` of their names, other bytes become `_`; of two with one name the first counts; those beyond 100 are counted in
/// `streamgauge.labels_left_out`. What a format is told to be a number is one under `streamgauge.values`, beside `labels`, where all is text:
/// one mapping serves every line. What a line that is no request is counted by goes to `streamgauge.key`.
///
/// *Cost:* appends to a reused buffer; lines that the scanner flagged clean are copied without looking at each byte.
/// *Source:* ECS 8.11. Bytes that are not UTF-8 appear as `\xHH` (in JSON: `\\xHH`), as the servers write them.
#include "core/record/event.h"
#include "core/record/types.h"

#include <string>
#include <string_view>

namespace sg {

/// What a document says beside its event; the views stay valid while documents are encoded.
struct DocumentContext {
    std::string_view id;          ///< event.id and _id; empty = left out
    std::string_view filePath;    ///< log.file.path; empty = left out
    std::uint64_t offset = 0;     ///< log.offset: of the line in its source
    bool hasOffset = false;
    std::uint64_t batch = 0;      ///< streamgauge.batch; 0 = left out
    std::string_view chunk;       ///< streamgauge.chunk (stream-sequence); empty = left out
    std::string_view dataset;     ///< event.dataset: the format's name
    Timestamp created;            ///< event.created: arrival; 0 = left out
    bool original = false;        ///< put the raw line into event.original
};

/// Appends one JSON object without a newline.
void encodeDocument(const Event& event, const DocumentContext& context, std::string& out);

/// A document of encodeDocument again, without `labels`; `streamgauge.labels_left_out` counts them too. Empty when it has none.
[[nodiscard]] std::string withoutLabels(std::string_view document);

/// Appends `"..."` with JSON escapes; bytes that are not UTF-8 as `\\xHH`, controls as \u00HH.
void appendJsonString(std::string_view bytes, std::string& out);
/// Appends "2024-03-23T01:18:20.123Z" (3, 6 or 9 fraction digits as needed) without quotes.
void appendIsoTime(Timestamp time, std::string& out);

} // namespace sg
