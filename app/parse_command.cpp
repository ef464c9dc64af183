#include "app/parse_command.h"

#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/batch/place_files.h"
#include "core/elastic/encode.h"
#include "core/enrich/anonymizer.h"
#include "core/enrich/enricher.h"
#include "core/format/format.h"
#include "core/pipeline/profile.h"
#include "core/record/json_text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <string_view>
#include <sys/random.h>
#include <unistd.h>

namespace sg {
namespace {

constexpr std::size_t kBlock = 256U << 10U;
constexpr std::size_t kMaxLine = 1U << 20U;
constexpr std::size_t kOutputBlock = 1U << 20U;
constexpr std::size_t kSampleLines = 20; ///< auto decides on at least so many, or on all there are
constexpr std::size_t kSampleBytes = 1U << 20U;
constexpr std::string_view kFallback = "combined"; ///< when auto recognises nothing: every line is then a dead letter, none is lost

class Descriptor {
public:
    explicit Descriptor(int number, bool owned) : m_number(number), m_owned(owned) {}
    ~Descriptor() {
        if (m_owned && m_number >= 0) ::close(m_number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
    bool m_owned;
};

/// A buffer before a descriptor. After a failed write everything more is thrown away; `failure` is its errno.
class Output {
public:
    explicit Output(int descriptor) : m_descriptor(descriptor) {}
    std::string& buffer() { return m_buffer; }
    void flushIfLarge() {
        if (m_buffer.size() >= kOutputBlock) flush();
    }
    void flush() {
        std::string_view left = m_buffer;
        while (!left.empty() && m_failure == 0) {
            const ssize_t written = ::write(m_descriptor, left.data(), left.size());
            if (written >= 0) left.remove_prefix(static_cast<std::size_t>(written));
            else if (errno != EINTR) m_failure = errno;
        }
        m_buffer.clear();
    }
    [[nodiscard]] int failure() const { return m_failure; }

private:
    int m_descriptor;
    int m_failure = 0;
    std::string m_buffer;
};

/// A line of an input; `cut` when it is longer than kMaxLine and this is its beginning.
struct InputLine {
    std::string_view bytes;
    std::uint64_t offset = 0;
    bool cut = false;
};

/// Cuts a descriptor into lines, blocks at a time; keeps at most one cut line and one block.
class LineReader {
public:
    /// `beforeRead` is called before each read, which may wait for a pipe.
    LineReader(int descriptor, std::function<void()> beforeRead) : m_descriptor(descriptor), m_beforeRead(std::move(beforeRead)) {}

    /// Whole lines from the beginning, without consuming them: at least kSampleLines, unless the input is shorter or they are too long.
    std::string_view sample() {
        std::size_t counted = 0;
        std::size_t lines = 0;
        while (true) {
            lines += static_cast<std::size_t>(std::count(m_buffer.begin() + static_cast<std::ptrdiff_t>(counted), m_buffer.end(), '\n'));
            counted = m_buffer.size();
            if (lines >= kSampleLines || m_buffer.size() >= kSampleBytes || !readMore()) break;
        }
        const std::string_view all = m_buffer;
        return m_atEnd || lines == 0 ? all : all.substr(0, all.rfind('\n') + 1);
    }

    /// False at the end of the input, and when it cannot be read any further (see `failure`).
    bool next(InputLine& line) {
        while (true) {
            const char* const newline =
                static_cast<const char*>(std::memchr(m_buffer.data() + m_searched, '\n', m_buffer.size() - m_searched));
            const std::size_t end = newline != nullptr ? static_cast<std::size_t>(newline - m_buffer.data()) : m_buffer.size();
            if (newline == nullptr && end - m_begin <= kMaxLine && !m_atEnd) {
                m_searched = end;
                readMore();
                continue;
            }
            if (newline == nullptr && end == m_begin) return false;
            line.offset = m_offset;
            line.cut = end - m_begin > kMaxLine;
            if (line.cut && newline == nullptr) {
                m_cut.assign(m_buffer, m_begin, kMaxLine);
                m_offset += end - m_begin;
                m_begin = m_searched = end;
                skipToNewline();
                line.bytes = m_cut;
                return true;
            }
            line.bytes = std::string_view(m_buffer).substr(m_begin, std::min(end - m_begin, kMaxLine));
            const std::size_t after = newline != nullptr ? end + 1 : end;
            m_offset += after - m_begin;
            m_begin = m_searched = after;
            return true;
        }
    }

    [[nodiscard]] int failure() const { return m_failure; }

private:
    bool readMore() {
        if (m_atEnd) return false;
        m_buffer.erase(0, m_begin);
        m_searched -= m_begin;
        m_begin = 0;
        const std::size_t kept = m_buffer.size();
        m_buffer.resize(kept + kBlock);
        m_beforeRead();
        ssize_t count = 0;
        do count = ::read(m_descriptor, m_buffer.data() + kept, kBlock);
        while (count < 0 && errno == EINTR);
        if (count < 0) m_failure = errno;
        m_buffer.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        m_atEnd = count <= 0;
        return !m_atEnd;
    }

    /// Leaves out the rest of a cut line.
    void skipToNewline() {
        while (readMore()) {
            const auto newline = m_buffer.find('\n', m_begin);
            const std::size_t after = newline == std::string::npos ? m_buffer.size() : newline + 1;
            m_offset += after - m_begin;
            m_begin = m_searched = after;
            if (newline != std::string::npos) return;
        }
    }

    int m_descriptor;
    std::function<void()> m_beforeRead;
    std::string m_buffer;
    std::string m_cut;          ///< a cut line, whose rest went through the buffer
    std::size_t m_begin = 0;    ///< of the next line in the buffer
    std::size_t m_searched = 0; ///< no newline between m_begin and here
    std::uint64_t m_offset = 0; ///< of m_begin in the input
    bool m_atEnd = false;
    int m_failure = 0;
};

struct Counts {
    std::uint64_t lines = 0;
    std::uint64_t documents = 0;
    std::uint64_t skipped = 0;
    std::array<std::uint64_t, kReasonCount> dead{};
};

void appendBase64(std::string_view bytes, std::string& out) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
}

/// One parse run: the arguments, what they opened, and the books.
class ParseRun {
public:
    ParseRun(const ParseArguments& arguments, std::vector<NamedFormat> own, ParseStreams streams, std::shared_ptr<const AgentRules> rules,
             const std::shared_ptr<const Places>& places, std::unique_ptr<Anonymizer> anonymizer, int deadLetters)
        : m_arguments(arguments), m_own(std::move(own)), m_streams(streams), m_enricher(std::move(rules)), m_anonymizer(std::move(anonymizer)),
          m_documents(streams.output), m_deadLetters(deadLetters), m_keepsDead(deadLetters >= 0) {
        m_enricher.usePlaces(places);
    }

    int run(std::shared_ptr<const Format> format) {
        for (const std::string& input : m_arguments.inputs) {
            readInput(input, format);
            if (outputFailed()) break;
        }
        m_documents.flush();
        if (m_keepsDead) m_deadLetters.flush();
        if (m_documents.failure() == EPIPE) return 0; // `| head` has seen enough
        if (m_documents.failure() != 0) complain("cannot write the documents: " + reason(m_documents.failure()));
        if (m_deadLetters.failure() != 0) complain("cannot write " + m_arguments.deadLetterFile + ": " + reason(m_deadLetters.failure()));
        summarise();
        return m_failed ? 1 : 0;
    }

    static void say(int descriptor, const std::string& sentence) {
        Output errors(descriptor);
        errors.buffer() = sentence + "\n";
        errors.flush();
    }

private:
    static std::string reason(int number) { return std::strerror(number); }
    void complain(const std::string& sentence) {
        say(m_streams.errors, "streamgauge-cli parse: " + sentence);
        m_failed = true;
    }
    [[nodiscard]] bool outputFailed() const { return m_documents.failure() != 0 || m_deadLetters.failure() != 0; }

    void readInput(const std::string& input, std::shared_ptr<const Format> format) {
        const bool standard = input == "-";
        const Descriptor descriptor(standard ? m_streams.input : ::open(input.c_str(), O_RDONLY | O_CLOEXEC), !standard);
        if (descriptor.number() < 0) return complain("cannot open " + input + ": " + reason(errno));
        LineReader reader(descriptor.number(), [this] { // what is known is written before waiting for more
            m_documents.flush();
            if (m_keepsDead) m_deadLetters.flush();
        });
        if (!format) format = chooseFormat(input, reader.sample());
        if (format) parseLines(input, *format, reader);
        if (reader.failure() != 0)
            complain("cannot read " + (standard ? std::string("standard input") : input) + ": " + reason(reader.failure()));
    }

    std::shared_ptr<const Format> chooseFormat(const std::string& input, std::string_view sample) {
        const std::vector<FormatGuess> guesses = detectFormat(sample, m_own);
        std::string name(kFallback);
        if (guesses.empty() || guesses.front().matched == 0) {
            if (!sample.empty())
                say(m_streams.errors,
                    input + ": no known format fits the first lines; they are read as " + name + ", name the format by --format");
        } else {
            name = guesses.front().is;
            say(m_streams.errors, input + ": " + explainGuesses(guesses));
        }
        auto format = findFormat(name);
        if (format) return *format;
        complain(format.error().message);
        return nullptr;
    }

    void parseLines(const std::string& input, const Format& format, LineReader& reader) {
        const std::unique_ptr<LineParser> parser = format.makeParser({});
        const SystemClock clock;
        DocumentContext context;
        context.dataset = datasetName(format.name());
        context.original = m_arguments.original && !m_anonymizer;
        context.hasOffset = true;
        if (input != "-") context.filePath = input;
        Event event;
        InputLine line;
        std::uint64_t number = 0;
        while (reader.next(line) && !outputFailed()) {
            ++m_counts.lines;
            ++number;
            LineOutcome outcome{LineOutcome::Kind::Dead, Reason::TooLong, static_cast<std::uint32_t>(kMaxLine)};
            if (!line.cut) outcome = parser->parse(line.bytes, number == 1, event.record);
            switch (outcome.kind) {
            case LineOutcome::Kind::Skipped:
                ++m_counts.skipped;
                break;
            case LineOutcome::Kind::Dead:
                ++m_counts.dead[static_cast<std::size_t>(outcome.reason)];
                if (m_keepsDead) writeDeadLetter(input, line, number, outcome);
                break;
            case LineOutcome::Kind::Parsed:
                ++m_counts.documents;
                if (!event.record.hasTime) event.record.time = clock.wall();
                if (m_anonymizer) m_anonymizer->apply(event.record);
                m_enricher.enrich(event);
                context.offset = line.offset;
                encodeDocument(event, context, m_documents.buffer());
                m_documents.buffer() += '\n';
                m_documents.flushIfLarge();
                break;
            }
        }
    }

    void writeDeadLetter(const std::string& input, const InputLine& line, std::uint64_t number, const LineOutcome& outcome) {
        std::string& out = m_deadLetters.buffer();
        const ReasonText& text = reasonText(outcome.reason);
        out += "{\"reason\":";
        appendJsonText(text.id, out);
        out += ",\"detail\":";
        appendJsonText(text.sentence, out);
        if (m_anonymizer) {
            out += ",\"raw_withheld\":true"; // such a line may hold anything anywhere
        } else {
            out += ",\"raw\":";
            appendJsonText(line.bytes, out);
        }
        if (!m_anonymizer && !isUtf8(line.bytes)) { // `\xHH` in raw may be a byte or four characters: here are the bytes
            out += ",\"raw_base64\":\"";
            appendBase64(line.bytes, out);
            out += '"';
        }
        out += ",\"file\":";
        appendJsonText(input, out);
        out += ",\"line\":" + std::to_string(number) + ",\"offset\":" + std::to_string(line.offset) +
               ",\"column\":" + std::to_string(outcome.column) + "}\n";
        m_deadLetters.flushIfLarge();
    }

    void summarise() const {
        std::uint64_t dead = 0;
        std::string reasons;
        for (std::size_t i = 0; i < kReasonCount; ++i) {
            if (m_counts.dead[i] == 0) continue;
            dead += m_counts.dead[i];
            reasons += (reasons.empty() ? " (" : ", ") + std::string(reasonText(static_cast<Reason>(i)).id) + " " +
                       std::to_string(m_counts.dead[i]);
        }
        if (!reasons.empty()) reasons += ")";
        say(m_streams.errors, "lines " + std::to_string(m_counts.lines) + ", documents " + std::to_string(m_counts.documents) + ", dead " +
                                  std::to_string(dead) + reasons + ", skipped " + std::to_string(m_counts.skipped));
    }

    const ParseArguments& m_arguments;
    std::vector<NamedFormat> m_own; ///< the profile's formats
    ParseStreams m_streams;
    Enricher m_enricher;
    std::unique_ptr<Anonymizer> m_anonymizer; ///< null when nothing is taken out
    Output m_documents;
    Output m_deadLetters;
    bool m_keepsDead;
    bool m_failed = false;
    Counts m_counts;
};

constexpr const char* kUsage = "parse --format NAME|apache:STRING|nginx:STRING|auto [--profile FILE] [--dlq FILE] [--original] [--uap FILE] [--mmdb FILE]... [--anonymize PARTS] [FILE|-]...";

/// Null when nothing is taken out. The key is drawn, so that nobody can try names against the hashes; the environment's makes runs agree.
Result<std::unique_ptr<Anonymizer>> readAnonymizer(const std::string& parts) {
    constexpr const char* kKeyVariable = "STREAMGAUGE_PRIVACY_KEY";
    auto privacy = readPrivacy(parts);
    if (!privacy) return fail(ErrorCode::InvalidArgument, "--anonymize: " + privacy.error().message);
    if (!takesOut(*privacy)) return std::unique_ptr<Anonymizer>();
    PrivacyKey key{};
    if (const char* const given = std::getenv(kKeyVariable); given != nullptr) {
        auto read = readPrivacyKey(given);
        if (!read) return fail(ErrorCode::InvalidArgument, std::string(kKeyVariable) + ' ' + read.error().message);
        key = *read;
    } else {
        static_cast<void>(::getrandom(key.data(), key.size(), 0)); // cannot fail for 16 bytes
    }
    return std::make_unique<Anonymizer>(*privacy, key);
}

} // namespace

Result<ParseArguments> readParseArguments(const std::vector<std::string>& arguments) {
    ParseArguments read;
    bool options = true;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (!options || argument == "-" || !argument.starts_with('-')) {
            read.inputs.push_back(argument);
            continue;
        }
        if (argument == "--") {
            options = false;
            continue;
        }
        const auto equals = argument.find('=');
        const std::string name = argument.substr(0, equals);
        if (name == "--original" && equals == std::string::npos) {
            read.original = true;
            continue;
        }
        if (name == "--mmdb") read.placeFiles.emplace_back();
        std::string* const into = name == "--format"      ? &read.format
                                  : name == "--profile"   ? &read.profileFile
                                  : name == "--dlq"       ? &read.deadLetterFile
                                  : name == "--uap"       ? &read.agentRulesFile
                                  : name == "--anonymize" ? &read.anonymize
                                  : name == "--mmdb"      ? &read.placeFiles.back()
                                                          : nullptr;
        if (into == nullptr) return fail(ErrorCode::InvalidArgument, "unknown option " + argument + "; the usage is " + kUsage);
        if (equals == std::string::npos && i + 1 == arguments.size())
            return fail(ErrorCode::InvalidArgument, name + " needs a value; the usage is " + kUsage);
        *into = equals == std::string::npos ? arguments[++i] : argument.substr(equals + 1);
        if (into->empty()) return fail(ErrorCode::InvalidArgument, name + " needs a value that is not empty");
        if (*into == "-" && into == &read.deadLetterFile)
            return fail(ErrorCode::InvalidArgument, "--dlq needs a file: standard output carries the documents and nothing else");
    }
    if (read.format.empty()) return fail(ErrorCode::InvalidArgument, std::string("--format is missing; the usage is ") + kUsage);
    if (read.inputs.empty()) read.inputs.emplace_back("-");
    return read;
}

int runParseCommand(const std::vector<std::string>& arguments, ParseStreams streams) {
    const auto refuse = [&](int code, const std::string& sentence) {
        ParseRun::say(streams.errors, "streamgauge-cli parse: " + sentence);
        return code;
    };
    const auto read = readParseArguments(arguments);
    if (!read) return refuse(2, read.error().message);

    std::vector<NamedFormat> own;
    if (!read->profileFile.empty()) {
        auto profile = readProfile(read->profileFile, Tuning{});
        if (!profile) return refuse(2, profile.error().message);
        own = std::move(profile->formats);
    }
    std::shared_ptr<const Format> format;
    if (read->format != "auto") {
        const auto is = resolveFormat(read->format, own);
        if (!is) return refuse(2, "--format: " + is.error().message);
        format = *findFormat(*is);
    }

    auto anonymizer = readAnonymizer(read->anonymize);
    if (!anonymizer) return refuse(2, anonymizer.error().message);
    if (*anonymizer && read->original) ParseRun::say(streams.errors, "streamgauge-cli parse: --anonymize leaves event.original out");

    std::shared_ptr<const AgentRules> rules;
    const bool rulesNamed = !read->agentRulesFile.empty();
    auto loaded = loadAgentRules(rulesNamed ? read->agentRulesFile : std::string(kDefaultAgentRules));
    if (loaded) rules = *loaded;
    else if (rulesNamed) return refuse(1, "--uap: " + loaded.error().message);
    else ParseRun::say(streams.errors, "streamgauge-cli parse: user agents keep their text only: " + loaded.error().message);

    std::shared_ptr<const Places> places;
    if (!read->placeFiles.empty()) {
        PosixFileSystem files;
        auto opened = readPlaces(files, read->placeFiles);
        if (!opened) return refuse(1, "--mmdb: " + opened.error().message);
        places = std::move(*opened);
    }

    // A reader that goes away is an answer of write(), not the end of the process.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    int deadLetters = -1;
    if (!read->deadLetterFile.empty()) {
        deadLetters = ::open(read->deadLetterFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (deadLetters < 0) return refuse(1, "--dlq: cannot write " + read->deadLetterFile + ": " + std::strerror(errno));
    }
    const Descriptor owner(deadLetters, true);
    return ParseRun(*read, std::move(own), streams, std::move(rules), places, std::move(*anonymizer), deadLetters).run(std::move(format));
}

} // namespace sg
