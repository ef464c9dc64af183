#pragma once
/// Runs a compiled format string over lines.
#include "core/format/program.h"
#include "core/format/time_parser.h"

#include <array>

namespace sg {

/// What compileFormat makes: constant from then on.
struct Program {
    /// How a field's end is found.
    enum class End : std::uint8_t {
        Quoted,  ///< at the next quote that is not escaped
        Certain, ///< at the next byte that the literal begins with
        Choice,  ///< at one of the places where the literal stands, the first that lets the rest be read
        Rest,    ///< at the end of the line
        Run,     ///< at the first byte that cannot be a part of it
        Own,     ///< its length is known from its own bytes
    };
    /// The most frequent ways to store a field's text; `Other` has more to look at.
    enum class Store : std::uint8_t { Other, Member, Label, Request, Address, StatusCode, Bytes, ApacheTime };
    struct Step {
        End end = End::Rest;
        Store store = Store::Other;
        FieldShape shape = FieldShape::Text;
        FieldRole role = FieldRole::Skip;
        EcsField extra = EcsField::Message;
        bool mayBeEmpty = false;
        bool endsAtSpace = false; ///< by Rest, but no space can be a part of it
        bool checkQuotes = false; ///< look for quotes in what stands outside of them, from the last quote up to here
        bool quoteBehind = false; ///< in the literal
        char stop = '\0';         ///< the literal's first byte
        std::uint16_t label = 0;
        std::uint16_t pattern = 0;
        std::uint16_t run = 0;
        std::uint16_t literalSize = 0;
        std::uint64_t literalWord = 0; ///< its first 8 bytes
        std::uint64_t literalMask = 0; ///< all of them, when it is no longer
        std::string_view Record::*member = nullptr;
        std::int64_t unit = 0;
        std::string literal; ///< what stands behind it
    };
    struct Fallback {
        FieldRole role;
        std::size_t label;
    };
    std::string head; ///< what stands before the first field
    std::vector<Step> steps;
    std::vector<std::string> labels;
    std::vector<TimePattern> patterns;
    std::vector<std::array<bool, 256>> runs; ///< bytes of steps that end by Run
    std::vector<Fallback> fallbacks;
    LogEscapes escapes = LogEscapes::Backslash;
    bool hasChoices = false;
    bool patternTime = false;
    bool timeless = false;
    bool beginsWithClient = false;
    std::uint16_t ident = 0; ///< number of the label + 1, when it stands before the user; 0 = it does not
};

class ProgramParser final : public ScanningParser {
public:
    ProgramParser(std::shared_ptr<const Program> program, const FormatOptions& options);

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] Syslog syslogHeader() const override { return m_program->beginsWithClient ? Syslog::First : Syslog::OnFailure; }
    /// One way through the line: the ends of steps before `forced` as they were, that of `forced` behind its last one.
    template <bool kRetry> [[nodiscard]] Reason run(Scan& scan, Record& record, std::size_t forced);
    Reason fail(Scan& scan, const char* at, std::size_t step, bool exhausted, Reason reason);
    [[nodiscard]] Reason findEnd(const Program::Step& step, Scan& scan, const char* from, const char*& end);
    [[nodiscard]] Reason ownEnd(const Program::Step& step, Scan& scan, const char*& end);
    [[nodiscard]] Reason take(const Program::Step& step, std::string_view text, Record& record);
    [[nodiscard]] Reason takeTime(const Program::Step& step, std::string_view text, Record& record);
    [[nodiscard]] Reason finish(Record& record);
    [[nodiscard]] bool isUser(std::string_view text) const;
    /// The text as it is stored: decoded if need be; absent when it is `-` or nothing.
    [[nodiscard]] std::string_view value(std::string_view text) { return presentText(m_decode ? decoded(text) : text); }
    [[nodiscard]] std::string_view decoded(std::string_view text);

    // constant after construction
    std::shared_ptr<const Program> m_program;
    int m_zoneOffset;

    TimeParser m_times;
    // of the line
    TimeParts m_timeParts;
    std::int64_t m_fraction = 0;
    std::string_view m_request;
    std::string_view m_responseBytes;
    bool m_decode = false;
    bool m_exhausted = false; ///< the failed step found no end
    std::size_t m_failed = 0;
    std::vector<const char*> m_ends;
    std::vector<std::string_view> m_values; ///< of labels
    std::vector<Label> m_labels;
    std::string m_decoded;
    std::size_t m_decodedEnd = 0;
};

} // namespace sg
