#pragma once
/// `streamgauge-cli parse`: log lines in, ECS documents out, dead letters aside. What every check of the formats relies on.
///
///     parse --format NAME|auto [--profile FILE] [--dlq FILE] [--original] [--uap FILE]
///           [--mmdb FILE]... [--anonymize PARTS] [FILE|-]...
///
/// Standard output carries documents (NDJSON) and nothing else; the summary and everything said goes to standard error.
/// lines = documents + dead letters + skipped, always. A document has no `event.created`: the same bytes give the same documents,
/// save in formats whose lines have no time, and user names hashed by --anonymize: their key is drawn for each run, or stands as 32
/// hexadecimal digits in STREAMGAUGE_PRIVACY_KEY. With --anonymize no raw line is written, neither into documents nor dead letters.
/// Memory is bounded by the longest line that is read (1 MiB), whatever the input.
#include "core/base/result.h"

#include <string>
#include <vector>

namespace sg {

struct ParseArguments {
    std::string format;
    std::string profileFile;         ///< whose formats may be named, and are recognised; empty: none
    std::string deadLetterFile;      ///< empty: dead letters are counted only
    std::string agentRulesFile;      ///< empty: the Debian package's, and without it agents keep their text
    std::string anonymize;           ///< as of run; empty: nothing is taken out
    std::vector<std::string> placeFiles; ///< MMDB
    bool original = false;           ///< the raw line into event.original
    std::vector<std::string> inputs; ///< "-" is standard input; never empty
};

/// *Errors:* InvalidArgument with one sentence that names the argument and what would be right.
[[nodiscard]] Result<ParseArguments> readParseArguments(const std::vector<std::string>& arguments);

/// Where the command reads and writes; the tests put files and pipes here.
struct ParseStreams {
    int input = 0;
    int output = 1;
    int errors = 2;
};

/// `arguments` without the program and the word "parse". Returns the exit code: 0 when everything was read to its end (however many
/// lines were dead) or when the reader of the output went away, 1 for what cannot be read or written, 2 for a bad argument.
[[nodiscard]] int runParseCommand(const std::vector<std::string>& arguments, ParseStreams streams = {});

} // namespace sg
