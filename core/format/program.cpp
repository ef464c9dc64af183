#include "core/format/program.h"

#include "core/format/program_parser.h"

#include <algorithm>
#include <bitset>
#include <map>

namespace sg {
namespace {

constexpr std::size_t kMaxFields = 250;
constexpr std::size_t kMaxFormat = 16U << 10U;

using Bytes = std::bitset<256>;

Bytes bytesOf(std::string_view text) {
    Bytes set;
    for (const char c : text) set.set(static_cast<unsigned char>(c));
    return set;
}

Bytes range(char first, char last) {
    Bytes set;
    for (int c = first; c <= last; ++c) set.set(static_cast<std::size_t>(c));
    return set;
}

/// All bytes that a field of this shape may hold.
Bytes bytesIn(FieldShape shape) {
    const Bytes digits = range('0', '9');
    const Bytes letters = range('a', 'z') | range('A', 'Z');
    switch (shape) {
    case FieldShape::Word:
        return ~bytesOf(" \t");
    case FieldShape::Host:
        return digits | letters | bytesOf(".-_:%[]");
    case FieldShape::Token:
        return digits | letters | bytesOf("-_");
    case FieldShape::Path:
        return ~bytesOf("?");
    case FieldShape::Number:
    case FieldShape::StatusCode:
        return digits | bytesOf("-");
    case FieldShape::Decimal:
    case FieldShape::Epoch:
        return digits | bytesOf("-.");
    case FieldShape::Protocol:
        return digits | letters | bytesOf("/.-");
    case FieldShape::ApacheTime:
        return digits | letters | bytesOf("/:+- .,");
    case FieldShape::IsoTime:
        return digits | bytesOf("TZtz:+-. ");
    case FieldShape::Text:
    case FieldShape::Target:
    case FieldShape::Query:
    case FieldShape::List:
    case FieldShape::Mark:
    case FieldShape::Pattern:
        break;
    }
    return Bytes().set();
}

/// All bytes that it may begin with.
Bytes firstBytes(const FormatField& field) {
    switch (field.shape) {
    case FieldShape::Target:
    case FieldShape::Path:
        return bytesOf("/*");
    case FieldShape::Query:
        return bytesOf("?");
    case FieldShape::Pattern:
        if (const char first = field.pattern->firstByte(); first != '\0') return bytesOf({&first, 1});
        return range('0', '9') | range('a', 'z') | range('A', 'Z') | bytesOf("+- ");
    default:
        return bytesIn(field.shape);
    }
}

/// Its length is known from its own bytes.
bool endsByItself(const FormatField& field) {
    switch (field.shape) {
    case FieldShape::StatusCode:
    case FieldShape::Mark:
    case FieldShape::Epoch:
    case FieldShape::ApacheTime:
    case FieldShape::IsoTime:
    case FieldShape::Pattern:
        return true;
    case FieldShape::Decimal: // nginx writes three digits behind the point, always
        return field.role == FieldRole::Duration || field.unit != 0;
    default:
        return field.role == FieldRole::Fraction;
    }
}

/// What does not hold the space that most often stands behind it.
bool isTight(FieldShape shape) { return !bytesIn(shape).test(' '); }

/// Two items become one: a path and the query right behind it are the target.
void joinTargets(std::vector<FormatItem>& items) {
    for (std::size_t i = 0; i + 1 < items.size(); ++i) {
        if (!items[i].field || !items[i + 1].field) continue;
        FormatField& path = *items[i].field;
        if (path.role != FieldRole::Path || items[i + 1].field->role != FieldRole::Query || items[i + 1].field->shape != FieldShape::Query)
            continue;
        path.role = FieldRole::Target;
        path.shape = FieldShape::Target;
        path.rank = 1;
        path.label.clear();
        items[i].text += items[i + 1].text;
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
}

void joinLiterals(std::vector<FormatItem>& items) {
    for (std::size_t i = 0; i + 1 < items.size();) {
        if (items[i].field || items[i + 1].field) {
            ++i;
            continue;
        }
        items[i].text += items[i + 1].text;
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
}

template <class Use> void eachField(std::vector<FormatItem>& items, Use use) {
    for (FormatItem& item : items)
        if (item.field) use(*item.field);
}

bool has(std::vector<FormatItem>& items, FieldRole role) {
    return std::any_of(items.begin(), items.end(), [role](const FormatItem& item) { return item.field && item.field->role == role; });
}

/// Which fields make the time: the most precise moment, and the fraction of its second if it has none itself.
void chooseTimes(std::vector<FormatItem>& items, Program& program) {
    TimePattern patterns; // those of one moment: a pattern of the request's end does not complete one of its beginning
    int bestPattern = -1;
    int best = -1;
    eachField(items, [&](const FormatField& field) {
        if (field.role != FieldRole::Time) return;
        int& highest = field.shape == FieldShape::Pattern ? bestPattern : best;
        highest = std::max(highest, int{field.rank});
    });
    eachField(items, [&](const FormatField& field) {
        if (field.role == FieldRole::Time && field.shape == FieldShape::Pattern && int{field.rank} == bestPattern)
            patterns.join(*field.pattern);
    });
    constexpr int kPatternRank = 6;
    const bool byPattern = patterns.namesADay() && best < kPatternRank;
    bool chosen = false;
    bool fraction = byPattern || (best >= 0 && best < kPatternRank);
    eachField(items, [&](FormatField& field) {
        if (field.role == FieldRole::Time) {
            const bool counts = field.shape == FieldShape::Pattern ? byPattern && int{field.rank} == bestPattern
                                                                   : !byPattern && !chosen && int{field.rank} == best;
            if (!counts) field.role = FieldRole::Skip;
            else if (field.shape != FieldShape::Pattern) chosen = true;
        } else if (field.role == FieldRole::Fraction) {
            // Its width does not change with its use.
            if (fraction) fraction = false;
            else field.unit = -field.unit;
        }
    });
    program.patternTime = byPattern;
    program.timeless = !byPattern && best < 0;
}

/// Leaves one field for each meaning. What an address or a host lost by rank still counts when the winner is absent.
void chooseRoles(std::vector<FormatItem>& items, Program& program) {
    const bool request = has(items, FieldRole::Request);
    const bool target = has(items, FieldRole::Target);
    const bool query = has(items, FieldRole::Query);
    eachField(items, [&](FormatField& field) {
        const bool path = field.role == FieldRole::Path;
        if (path && !request && !target && !query) {
            field.role = FieldRole::Target;
        } else if (path && !request && !target) {
            field.role = FieldRole::Extra;
            field.extra = EcsField::UrlPath;
        } else if (path) {
            field.role = FieldRole::Label;
        } else if (field.role == FieldRole::Query) {
            field.role = request || target ? FieldRole::Skip : FieldRole::Extra;
            field.extra = EcsField::UrlQuery;
        } else if (field.role == FieldRole::Target && request && field.rank == 1) { // decoded by the server: the request is the original
            field.role = FieldRole::Skip;
        }
        if (field.role == FieldRole::Label && field.label.empty()) field.role = FieldRole::Skip;
    });

    std::map<std::pair<FieldRole, EcsField>, FormatField*> winners;
    std::vector<std::pair<FieldRole, FormatField*>> losers;
    eachField(items, [&](FormatField& field) {
        switch (field.role) {
        case FieldRole::Skip:
        case FieldRole::Label:
        case FieldRole::Time:
        case FieldRole::Fraction:
            return;
        default:
            break;
        }
        FormatField*& winner = winners[{field.role, field.role == FieldRole::Extra ? field.extra : EcsField::Message}];
        if (winner == nullptr) {
            winner = &field;
            return;
        }
        FormatField* loser = &field;
        if (field.rank > winner->rank) std::swap(winner, loser);
        losers.emplace_back(loser->role, loser);
    });
    for (auto& [role, loser] : losers) loser->role = loser->label.empty() ? FieldRole::Skip : FieldRole::Label;
    eachField(items, [&](FormatField& field) {
        if (field.role != FieldRole::Label) return;
        const auto known = std::find(program.labels.begin(), program.labels.end(), field.label);
        if (known != program.labels.end()) { // the same thing twice
            field.role = FieldRole::Skip;
            return;
        }
        program.labels.push_back(field.label);
    });
    std::stable_sort(losers.begin(), losers.end(), [](const auto& a, const auto& b) { return a.second->rank > b.second->rank; });
    for (const auto& [role, loser] : losers) {
        if (loser->role != FieldRole::Label || (role != FieldRole::Address && role != FieldRole::Host)) continue;
        const auto at = std::find(program.labels.begin(), program.labels.end(), loser->label);
        program.fallbacks.push_back({role, static_cast<std::size_t>(at - program.labels.begin())});
    }
}

Result<Program::End> endOf(const FormatItem& item, const FormatItem* next, LogEscapes escapes) {
    using End = Program::End;
    const FormatField& field = *item.field;
    if (next == nullptr) return endsByItself(field) && field.shape == FieldShape::Pattern ? End::Own : End::Rest;
    if (next->field) {
        if (endsByItself(field)) return End::Own;
        if (isTight(field.shape) && (bytesIn(field.shape) & firstBytes(*next->field)).none()) return End::Run;
        return fail(
            formatError(next->position, "nothing stands between " + item.text + " and " + next->text +
                                            ", and nothing tells where the one ends and the other begins; put a character between"));
    }
    if (field.shape == FieldShape::Pattern) return End::Own;
    const auto first = static_cast<unsigned char>(next->text.front());
    if (first == '"' && escapes != LogEscapes::None) return End::Quoted;
    if (!bytesIn(field.shape).test(first)) return End::Certain;
    return End::Choice;
}

void setLiteral(Program::Step& step, const std::string& literal) {
    step.literal = literal;
    step.stop = literal.front();
    step.quoteBehind = literal.find('"') != std::string::npos;
    step.literalSize = static_cast<std::uint16_t>(literal.size());
    if (literal.size() > sizeof step.literalWord) return;
    std::memcpy(&step.literalWord, literal.data(), literal.size());
    std::memset(&step.literalMask, 0xFF, literal.size());
}

void setStore(Program::Step& step) {
    if (step.role == FieldRole::Request) step.store = Program::Store::Request;
    if (step.role == FieldRole::Bytes) step.store = Program::Store::Bytes;
    if (step.role == FieldRole::StatusCode) step.store = Program::Store::StatusCode;
    if (step.role == FieldRole::Time && step.shape == FieldShape::ApacheTime) step.store = Program::Store::ApacheTime;
    // Texts that need no look at what they are.
    const bool found = step.end == Program::End::Quoted || (step.end == Program::End::Certain && step.stop == ' ');
    const bool free = step.shape == FieldShape::Text || step.shape == FieldShape::Host || step.shape == FieldShape::Token ||
                      (found && step.shape == FieldShape::Word);
    if (!free) return;
    switch (step.role) {
    case FieldRole::Address:
        step.store = Program::Store::Address;
        return;
    case FieldRole::Label:
        step.store = Program::Store::Label;
        return;
    case FieldRole::Method:
        step.member = &Record::method;
        break;
    case FieldRole::Target:
        step.member = &Record::target;
        break;
    case FieldRole::Referrer:
        step.member = &Record::referrer;
        break;
    case FieldRole::Agent:
        step.member = &Record::agent;
        break;
    default:
        return;
    }
    step.store = Program::Store::Member;
}

} // namespace

Error formatError(std::size_t position, const std::string& why) {
    return {ErrorCode::InvalidArgument, "the format string is wrong at byte " + std::to_string(position + 1) + ": " + why};
}

namespace {

class ProgramFormat final : public Format {
public:
    ProgramFormat(std::string name, std::shared_ptr<const Program> program) : m_name(std::move(name)), m_program(std::move(program)) {}
    [[nodiscard]] std::string_view name() const override { return m_name; }
    [[nodiscard]] std::unique_ptr<LineParser> makeParser(const FormatOptions& options) const override {
        return std::make_unique<ProgramParser>(m_program, options);
    }
    [[nodiscard]] bool timeless() const override { return m_program->timeless; }

private:
    std::string m_name;
    std::shared_ptr<const Program> m_program;
};

} // namespace

Result<std::shared_ptr<const Format>> compileFormat(std::string name, std::vector<FormatItem> items, LogEscapes escapes) {
    if (name.size() > kMaxFormat) return fail(formatError(kMaxFormat, "it is longer than 16 KiB"));
    auto program = std::make_shared<Program>();
    program->escapes = escapes;
    joinLiterals(items);
    for (const FormatItem& item : items) {
        if (item.field) continue;
        if (const std::size_t newline = item.text.find('\n'); newline != std::string::npos)
            return fail(formatError(item.position, "a record of several lines cannot be read: a line is an event"));
    }
    joinTargets(items);
    chooseTimes(items, *program);
    chooseRoles(items, *program);

    for (std::size_t i = 0; i < items.size(); ++i) {
        FormatItem& item = items[i];
        if (!item.field) {
            if (i == 0) program->head = item.text;
            continue;
        }
        if (program->steps.size() == kMaxFields) return fail(formatError(item.position, "it has more than 250 fields"));
        const FormatItem* next = i + 1 < items.size() ? &items[i + 1] : nullptr;
        Program::Step step;
        SG_TRY_ASSIGN(step.end, endOf(item, next, escapes));
        step.shape = item.field->shape;
        step.role = item.field->role;
        step.extra = item.field->extra;
        step.unit = item.field->unit;
        step.mayBeEmpty = item.field->mayBeEmpty || escapes != LogEscapes::Backslash;
        step.checkQuotes = step.end != Program::End::Quoted && bytesIn(step.shape).test('"');
        if (step.role == FieldRole::Label) {
            const auto at = std::find(program->labels.begin(), program->labels.end(), item.field->label);
            step.label = static_cast<std::uint16_t>(at - program->labels.begin());
        }
        if (next != nullptr && !next->field) setLiteral(step, next->text);
        if (step.end == Program::End::Run) {
            const Bytes set = bytesIn(step.shape);
            step.run = static_cast<std::uint16_t>(program->runs.size());
            program->runs.emplace_back();
            for (std::size_t byte = 0; byte < 256; ++byte) program->runs.back()[byte] = set.test(byte);
        }
        step.endsAtSpace = step.end == Program::End::Rest && isTight(step.shape);
        setStore(step);
        if (item.field->pattern) {
            step.pattern = static_cast<std::uint16_t>(program->patterns.size());
            program->patterns.push_back(*item.field->pattern);
        }
        program->hasChoices |= step.end == Program::End::Choice;
        program->steps.push_back(std::move(step));
    }
    if (program->steps.empty()) return fail(formatError(0, "it has no field, so there is nothing to read"));
    // One look from quote to quote is enough.
    Program::Step* later = nullptr;
    for (auto step = program->steps.rbegin(); step != program->steps.rend(); ++step) {
        if (step->quoteBehind) later = nullptr;
        if (!step->checkQuotes) continue;
        if (later != nullptr) step->checkQuotes = false;
        else later = &*step;
    }
    const FieldRole first = program->steps.front().role;
    program->beginsWithClient = program->head.empty() && (first == FieldRole::Address || first == FieldRole::Host);
    for (std::size_t i = 1; i < program->steps.size(); ++i) {
        const Program::Step& before = program->steps[i - 1];
        if (program->steps[i].role == FieldRole::User && before.role == FieldRole::Label && program->labels[before.label] == "ident")
            program->ident = static_cast<std::uint16_t>(before.label + 1);
    }
    return std::shared_ptr<const Format>(std::make_shared<ProgramFormat>(std::move(name), std::move(program)));
}

} // namespace sg
