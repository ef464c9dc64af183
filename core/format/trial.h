#pragma once
/// A format tried on some lines: how many it reads, where it fails first, and which bytes of a line became which field.
///
/// *Cost:* up to two more parses for each byte of a shown line that no view of the Record explains; for people, not for streams.
#include "core/contract/line_sample.h"
#include "core/format/format.h"

#include <span>

namespace sg {

/// What a line says, in the order in which people look at it. A number has its unit.
[[nodiscard]] std::vector<ReadField> readFields(const Record& record);

/// Where `fields` (of `record`, which `parser` has read from `line`) stand in the line. A text that the Record views is where its view
/// points to; everything else is found by asking: a byte belongs to the field that changes when the byte does. `record` is valid again
/// afterwards. Lines above 4 KiB are not asked.
[[nodiscard]] std::vector<FieldRange> fieldRanges(LineParser& parser, std::string_view line, bool firstOfSource, Record& record,
                                                  std::span<const ReadField> fields);

struct TrialOptions {
    std::size_t lines = 1000;
    std::size_t samples = 10;
    std::size_t failures = 5;
};
/// `sample` is the beginning of a source, whole lines.
[[nodiscard]] FormatTrial tryFormat(const Format& format, std::string_view sample, const TrialOptions& options = {});

} // namespace sg
