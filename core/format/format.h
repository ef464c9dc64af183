#pragma once
/// A log format: reads one line of bytes into a Record, or says in one byte why not.
///
/// *Thread:* a Format is immutable and shared; each slice has its own LineParser. *Cost:* no allocation per line, no regular expression.
/// A format is one file behind this interface and one row in the registry (registry.cpp).
#include "core/base/result.h"
#include "core/contract/tuning.h"
#include "core/record/event.h"
#include "core/record/reason.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// What happened to a line.
struct LineOutcome {
    enum class Kind : std::uint8_t { Parsed, Skipped, Dead } kind = Kind::Dead;
    Reason reason = Reason::None; ///< when Dead
    std::uint32_t column = 0;     ///< when Dead: byte position where the structure broke, from 0
};

class LineParser {
public:
    virtual ~LineParser() = default;
    /// Reads one line without its newline. REQUIRES: `line` stays valid while `record` is used.
    /// Clears and fills `record`; a CR at the end, and a byte order mark at the beginning when `firstOfSource`, are left out.
    [[nodiscard]] virtual LineOutcome parse(std::string_view line, bool firstOfSource, Record& record) = 0;
    /// Puts a header in force (record/header.h), as if its lines had been parsed: for a reader that does not begin at the file's beginning.
    /// An empty one is as it is at the beginning of a file. Formats without headers take no notice.
    virtual void setHeader(std::string_view header) { static_cast<void>(header); }
};

struct FormatOptions {
    int zoneOffsetMinutes = 0; ///< for lines whose time has no zone, -720..840
    bool lenient = true;       ///< false: not what a format reads only for who names it, and other formats read as well
};

class Format {
public:
    virtual ~Format() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual std::unique_ptr<LineParser> makeParser(const FormatOptions& options) const = 0;
    /// True when lines carry no time of their own: the arrival is used.
    [[nodiscard]] virtual bool timeless() const { return false; }
};

/// Registered names, in the order in which `auto` prefers them on a tie.
[[nodiscard]] std::span<const std::string_view> formatNames();
/// A format's name, a line that it reads (with what must stand before it, if anything) and where the format is described.
struct FormatInfo {
    std::string_view name;
    std::string_view example;
    std::string_view source;
};
/// All formats, one of each family (`apache:...`) included.
[[nodiscard]] std::span<const FormatInfo> formatTable();
/// The format of that name. A family's name goes on after a colon with what it is told (`apache:%h %t`), and the whole is the name: a
/// format that is stored by its name is found again by it. *Errors:* an unknown name lists the known ones; a wrong format string says at
/// which byte of it, and why.
[[nodiscard]] Result<std::shared_ptr<const Format>> findFormat(std::string_view name);

/// Where a format string is wrong, and why.
struct FormatFault {
    std::size_t byte = 0; ///< of the whole name, from 0
    std::string why;
};
/// Nothing where findFormat finds it, and where no such family is known.
[[nodiscard]] std::optional<FormatFault> formatFault(std::string_view name);

/// What findFormat finds `name` by: what it stands for when it is one of `own`, else itself. *Errors:* those of findFormat.
[[nodiscard]] Result<std::string> resolveFormat(std::string_view name, std::span<const NamedFormat> own);
/// What is wrong with a format of a person's own, as the end of a sentence about its name; empty = nothing. What it stands for is
/// not looked at.
[[nodiscard]] std::string checkFormatName(std::string_view name);

/// The name for `event.dataset`: without what a family was told.
[[nodiscard]] constexpr std::string_view datasetName(std::string_view formatName) { return formatName.substr(0, formatName.find(':')); }

/// A candidate of auto-detection.
struct FormatGuess {
    std::string name;
    std::string is;          ///< what findFormat finds it by: the name, but for a format of a person's own
    std::size_t matched = 0; ///< lines read, of `lines`
    std::size_t lines = 0;   ///< lines looked at, skipped ones left out
    std::size_t fields = 0;  ///< sum of fields present over the matched lines: breaks ties in favour of the format that reads more
    std::size_t place = 0;   ///< of the format in the registry
    std::size_t beyond = 0;  ///< lines that it reads and the best guess does not
    [[nodiscard]] double share() const { return lines == 0 ? 0 : static_cast<double>(matched) / static_cast<double>(lines); }
};
/// All formats, and before them those of `own` that can be read, over the first lines of `sample` (whole lines, at most 1,000), best first.
[[nodiscard]] std::vector<FormatGuess> detectFormat(std::string_view sample, std::span<const NamedFormat> own = {});
/// "format combined, 98 % of the first 200 lines; as many are read by ...; the lines are mixed: ..." REQUIRES: guesses, best first.
[[nodiscard]] std::string explainGuesses(std::span<const FormatGuess> guesses);

} // namespace sg
