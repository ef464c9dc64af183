#include "app/terminal_view.h"

#include "core/record/reason.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace sg {
namespace {

constexpr std::size_t kStages = 5;
constexpr std::int64_t kErrorSeconds = 60; ///< the error rate looks at so many seconds of event time

// Status colours mean status only: they colour bars, never text.
enum class Ink : std::uint8_t { Plain, Bold, Dim, Accent, Alarm, Status2, Status3, Status4, Status5 };
constexpr std::array<std::string_view, 9> kInk{"", "1", "38;5;245", "38;5;81", "1;38;5;203", "38;5;37", "38;5;69", "38;5;214", "38;5;203"};
constexpr std::array<Ink, 6> kClassInk{Ink::Dim, Ink::Status2, Ink::Status3, Ink::Status4, Ink::Status5, Ink::Dim};
constexpr std::array<std::string_view, 6> kClassName{"1xx", "2xx", "3xx", "4xx", "5xx", "other"};

/// What can be shown in one cell per code point; everything else, controls and broken bytes first, is a question mark.
std::vector<std::string> cellsOf(std::string_view text, bool unicode) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if (byte >= 0x20 && byte < 0x7f) {
            cells.emplace_back(1, text[i++]);
        } else if (byte >= 0xc3 && byte < 0xcc && (next & 0xc0U) == 0x80 && unicode) { // Latin with accents: U+00C0..U+02FF
            cells.emplace_back(text.substr(i, 2));
            i += 2;
        } else {
            cells.emplace_back("?");
            ++i;
            while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80) ++i;
        }
    }
    return cells;
}

/// One line that never grows beyond its width; foreign text goes through `cellsOf`, our own signs through `sign`.
class Line {
public:
    Line(const ViewOptions& options, int width) : m_options(options), m_width(std::max(width, 0)) {}
    explicit Line(const ViewOptions& options) : Line(options, options.columns) {}

    Line& text(std::string_view text, Ink ink = Ink::Plain, int limit = 1 << 20) {
        std::vector<std::string> cells = cellsOf(text, m_options.unicode);
        const auto room = static_cast<std::size_t>(std::max(0, std::min(limit, m_width - m_used)));
        if (cells.size() > room) {
            cells.resize(room);
            if (room > 0) cells.back() = m_options.unicode ? "…" : "~";
        }
        std::string joined;
        for (const std::string& cell : cells) joined += cell;
        return put(joined, static_cast<int>(cells.size()), ink);
    }
    /// One cell of our own.
    Line& sign(std::string_view unicode, std::string_view ascii, Ink ink = Ink::Plain) {
        return m_used < m_width ? put(m_options.unicode ? unicode : ascii, 1, ink) : *this;
    }
    Line& to(int column) {
        const int blanks = std::min(column, m_width) - m_used;
        return blanks > 0 ? put(std::string(static_cast<std::size_t>(blanks), ' '), blanks, Ink::Plain) : *this;
    }
    /// Right-aligned up to `column`.
    Line& right(std::string_view text, int column, Ink ink = Ink::Plain) {
        return to(column - static_cast<int>(text.size())).text(text, ink);
    }
    /// `share` of `width` cells in eighths; at least a sliver when there is anything.
    Line& bar(double share, int width, Ink ink) {
        constexpr std::array<std::string_view, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
        width = std::min(width, m_width - m_used);
        if (width <= 0 || !(share > 0)) return *this;
        const int eighths = std::clamp(static_cast<int>(std::lround(std::min(share, 1.0) * width * 8)), 1, width * 8);
        const int whole = m_options.unicode ? eighths / 8 : std::max(1, eighths / 8);
        std::string blocks;
        for (int i = 0; i < whole; ++i) blocks += m_options.unicode ? "█" : "#";
        int used = whole;
        if (m_options.unicode && eighths % 8 != 0) {
            blocks += kEighths[static_cast<std::size_t>(eighths % 8)];
            ++used;
        }
        return put(blocks, used, ink);
    }
    [[nodiscard]] int used() const { return m_used; }
    [[nodiscard]] const std::string& str() const { return m_text; }
    Line& append(const Line& other) {
        m_text += other.m_text;
        m_used += other.m_used;
        return *this;
    }

private:
    Line& put(std::string_view what, int cells, Ink ink) {
        if (cells == 0) return *this;
        const bool inked = m_options.colour && ink != Ink::Plain;
        if (inked) m_text.append("\x1b[").append(kInk[static_cast<std::size_t>(ink)]).append("m");
        m_text += what;
        if (inked) m_text += "\x1b[0m";
        m_used += cells;
        return *this;
    }

    const ViewOptions& m_options;
    int m_width;
    int m_used = 0;
    std::string m_text;
};

std::string decimals(double value, int digits) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
    return buffer;
}
std::string rateText(double rate) {
    if (!(rate > 0)) return "0/s";
    return (rate < 10 ? decimals(rate, 1) : withSeparators(static_cast<std::uint64_t>(std::llround(rate)))) + "/s";
}
std::string timeText(double ms) {
    if (!(ms >= 0)) return "-";
    if (ms < 10) return decimals(ms, 1) + " ms";
    return ms < 10'000 ? decimals(ms, 0) + " ms" : decimals(ms / 1000, 1) + " s";
}
std::string bytesText(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
    return decimals(value, unit > 0 && value < 99.95 ? 1 : 0) + ' ' + std::string(kUnits[unit]);
}
std::string percentText(double share) { return decimals(share * 100, share > 0 && share < 0.0995 ? 1 : 0) + " %"; }
std::string spanText(double seconds) {
    if (seconds < 99.5) return decimals(seconds, 0) + " s";
    if (seconds < 99.5 * 60) return decimals(seconds / 60, 0) + " min";
    return decimals(seconds / 3600, 0) + " h";
}
std::string clockText(std::int64_t seconds) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%02lld:%02lld:%02lld", static_cast<long long>(seconds / 3600),
                  static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
    return buffer;
}

struct StateSign {
    std::string_view unicode, ascii, word;
    Ink ink;
};
/// States differ in shape and word; colour only helps.
StateSign signOf(StageState state) {
    switch (state) {
    case StageState::Off:
        return {"·", ".", "off", Ink::Dim};
    case StageState::Starting:
        return {"◌", "o", "starting", Ink::Dim};
    case StageState::Running:
        return {"●", "*", "running", Ink::Accent};
    case StageState::Waiting:
        return {"○", "o", "waiting", Ink::Plain};
    case StageState::Behind:
        return {"▲", "^", "behind", Ink::Bold};
    case StageState::Paused:
        return {"‖", "=", "paused", Ink::Plain};
    case StageState::Failed:
        return {"✖", "X", "failed", Ink::Alarm};
    case StageState::Stopped:
        return {"■", "#", "stopped", Ink::Dim};
    }
    return {"?", "?", "unknown", Ink::Plain};
}

struct Cell {
    std::string name;
    std::optional<StageState> state;
    std::string figure;
    std::string detail;
};

std::array<Cell, kStages> stagesOf(const Snapshot& s) {
    std::array<Cell, kStages> cells{{{"Generator", StageState::Off, "", ""},
                                     {"Log file", {}, "", ""},
                                     {"Splitter", StageState::Off, "", ""},
                                     {"Micro-batch", StageState::Off, "", ""},
                                     {"Elasticsearch", StageState::Off, "", ""}}};
    const auto fill = [](Cell& cell, const StageStatus& stage) {
        cell.state = stage.state;
        if (stage.state != StageState::Off) cell.figure = rateText(stage.rate);
        cell.detail = stage.detail;
    };
    if (s.generator) {
        fill(cells[0], s.generator->stage);
        if (s.generator->stage.state != StageState::Off) {
            if (cells[0].detail.empty())
                cells[0].detail = s.generator->targetRate > 0 ? "target " + rateText(s.generator->targetRate) : "at full speed";
            cells[1].figure = bytesText(s.generator->logSize);
            cells[1].detail = withSeparators(s.generator->rotations) + (s.generator->rotations == 1 ? " rotation" : " rotations");
        }
    }
    if (s.splitter) {
        fill(cells[2], s.splitter->stage);
        if (cells[2].detail.empty()) cells[2].detail = withSeparators(s.splitter->unsplit) + " unsplit";
        if (cells[1].figure.empty()) {
            cells[1].figure = withSeparators(s.splitter->sources) + (s.splitter->sources == 1 ? " source" : " sources");
            if (s.splitter->importDone) cells[1].detail = "read to the end";
        }
    }
    if (s.batch) {
        fill(cells[3], s.batch->stage);
        if (cells[3].detail.empty()) cells[3].detail = "batch " + withSeparators(s.batch->current.id.value);
    }
    if (s.output) fill(cells[4], s.output->stage);
    if (!s.output || s.output->stage.state == StageState::Off) {
        cells[4].figure = "stays here";
        cells[4].detail = "no URL is set";
    }
    return cells;
}

std::vector<std::string> drawStages(const Snapshot& s, const ViewOptions& o) {
    const std::array<Cell, kStages> cells = stagesOf(s);
    const int width = (o.columns - 1) / static_cast<int>(kStages);
    std::vector<std::string> lines;
    for (int row = 0; row < 4; ++row) {
        Line line(o);
        for (std::size_t i = 0; i < kStages; ++i) {
            const int from = 1 + static_cast<int>(i) * width;
            line.to(from);
            Line cell(o, width - 1);
            const bool last = i + 1 == kStages;
            if (row == 0) {
                cell.text(cells[i].name, Ink::Bold, last ? width - 1 : width - 3);
                if (!last) cell.to(width - 2).sign("›", ">", Ink::Dim);
            } else if (row == 1) {
                if (cells[i].state) {
                    const StateSign sign = signOf(*cells[i].state);
                    cell.sign(sign.unicode, sign.ascii, sign.ink).text(" ").text(sign.word);
                } else {
                    cell.text(s.generator && !s.generator->logPath.empty()
                                  ? s.generator->logPath.substr(s.generator->logPath.rfind('/') + 1)
                                  : "");
                }
            } else {
                cell.text(row == 2 ? cells[i].figure : cells[i].detail, row == 2 ? Ink::Plain : Ink::Dim);
            }
            line.append(cell);
        }
        lines.push_back(line.str());
    }
    return lines;
}

struct Term {
    std::uint64_t count;
    std::string_view name;
    bool always;
    std::string_view explanation;
};
/// The right side of the books; they add up to `logLines`.
std::array<Term, 8> termsOf(const Ledger& l) {
    return {{{l.indexed(), "indexed", l.notRequested == 0, "in Elasticsearch"},
             {l.notRequested, "not requested", false, "processed while no Elasticsearch was set"},
             {l.deadLeft(), "dead letters", true, "could not be read or were refused; kept with their reason"},
             {l.skipped, "skipped", false, "blank lines and headers"},
             {l.lost, "lost", false, "in chunks that vanished or could not be read"},
             {l.abandoned, "abandoned", false, "given up because the disk's share was full"},
             {l.opening, "opening", false, "settled before this store was created"},
             {l.inFlight(), "in flight", true, "read, and on their way"}}};
}

std::string drawLedger(const Ledger& ledger, const ViewOptions& o) {
    Line line(o);
    line.to(1);
    const std::vector<std::string> differences = ledger.differences();
    if (!differences.empty()) {
        line.sign("✖", "X", Ink::Alarm).text(" " + differences.front(), Ink::Alarm);
        return line.str();
    }
    line.sign("✔", "=", Ink::Accent).text(" ").text(withSeparators(ledger.logLines()), Ink::Bold).text(" lines");
    const char* joint = " = ";
    for (const Term& term : termsOf(ledger)) {
        if (term.count == 0 && !term.always) continue;
        line.text(joint + withSeparators(term.count) + ' ' + std::string(term.name));
        joint = " + ";
    }
    return line.str();
}

/// "412 MB of 1.0 GB, 1 of 3 files, about 6 s left"; empty while nothing is imported.
std::string importText(const Snapshot& s) {
    if (!s.splitter || s.splitter->importDone || s.splitter->import.files == 0) return {};
    const ImportProgress& p = s.splitter->import;
    std::string text = bytesText(p.read) + " of " + bytesText(p.bytes) + ", " + withSeparators(p.filesDone) + " of " +
                       withSeparators(p.files) + (p.files == 1 ? " file" : " files");
    if (p.secondsLeft >= 0) text += ", about " + spanText(p.secondsLeft) + " left";
    return text;
}

std::vector<std::string> drawImport(const Snapshot& s, const ViewOptions& o) {
    const std::string text = importText(s);
    if (text.empty()) return {};
    constexpr int kBar = 12;
    return {Line(o)
                .to(1)
                .text("Import ", Ink::Dim)
                .bar(s.splitter->import.share(), kBar, Ink::Accent)
                .to(9 + kBar)
                .text(percentText(s.splitter->import.share()) + "  " + text)
                .str()};
}

std::vector<std::string> drawFigures(const Snapshot& s, const ViewOptions& o) {
    std::array<std::pair<std::string, std::string>, 6> figures{
        {{"-", "requests/s"}, {"-", "errors (1 m)"}, {"-", "p95"}, {"-", "visitors"}, {"-", "traffic"}, {"-", "chart delay"}}};
    if (s.batch) {
        const Totals& totals = s.batch->totals;
        if (totals.parsed > 0) {
            figures[0].first = rateText(s.batch->stage.rate);
            figures[2].first = totals.p95Ms < 0 ? "not logged" : timeText(static_cast<double>(totals.p95Ms));
            const auto visitors = static_cast<std::uint64_t>(std::llround(totals.visitors));
            if (visitors > 0) figures[3].first = withSeparators(visitors); // else no line says who it is from
            // the sketch's error stands where its figure does
            if (totals.visitorsError > 0)
                figures[3].second += o.columns >= 120 ? ", error " + percentText(totals.visitorsError)
                                                      : " ~" + decimals(std::ceil(totals.visitorsError * 100), 0) + '%';
            figures[4].first = bytesText(totals.bytes);
            figures[5].first = timeText(s.batch->lineToChartMs);
        }
        std::uint64_t all = 0, bad = 0;
        for (const SecondPoint& point : s.batch->seconds) {
            if (point.second <= s.batch->seconds.back().second - kErrorSeconds) continue;
            for (std::size_t i = 0; i < point.byClass.size(); ++i) {
                all += point.byClass[i];
                if (i == 3 || i == 4) bad += point.byClass[i];
            }
            all -= std::min<std::uint64_t>(all, point.noStatus); // no answers, so neither right nor wrong
        }
        if (all > 0) figures[1].first = percentText(static_cast<double>(bad) / static_cast<double>(all));
    }
    const int width = (o.columns - 1) / static_cast<int>(figures.size());
    Line values(o), names(o);
    for (std::size_t i = 0; i < figures.size(); ++i) {
        const int from = 1 + static_cast<int>(i) * width;
        values.to(from).text(figures[i].first, Ink::Bold, width - 1);
        names.to(from).text(figures[i].second, Ink::Dim, width - 1);
    }
    return {values.str(), names.str()};
}

/// What to do while there is nothing to show.
std::vector<std::string> drawNothingYet(const Snapshot& s, const ViewOptions& o) {
    const bool generating = s.generator && s.generator->stage.state != StageState::Off;
    std::vector<std::string> says{"No line has been processed yet."};
    if (!generating && (!s.splitter || s.splitter->sources == 0)) {
        says.emplace_back("No log has been found so far. Is the path of --follow or --import right, and may it be read?");
        says.emplace_back("A log of its own to try things with: streamgauge-cli run --generate --rate 5000");
    } else {
        says.emplace_back("Lines are shown when their first micro-batch is through.");
    }
    std::vector<std::string> lines;
    for (const std::string& sentence : says) lines.push_back(Line(o).to(1).text(sentence, lines.empty() ? Ink::Bold : Ink::Plain).str());
    return lines;
}

std::vector<std::string> drawCharts(const Snapshot& s, const ViewOptions& o, std::size_t urls) {
    const Totals& totals = s.batch->totals;
    const int half = std::clamp(o.columns * 2 / 5, 28, 48);
    const int figures = 17; // "  99,999,999 100 %"
    const bool keyed = s.batch->urls.entries.empty() && !s.batch->keys.entries.empty();
    const TopList& top = keyed ? s.batch->keys : s.batch->urls;
    std::vector<std::string> lines{Line(o)
                                       .to(1)
                                       .text("Status", Ink::Dim)
                                       .to(half)
                                       .text(keyed ? "Top keys" : "Top URLs", Ink::Dim)
                                       .text(top.exact ? "" : " (estimated)", Ink::Dim)
                                       .str()};
    const std::array<std::size_t, 5> classes{1, 2, 3, 4, 0};
    const std::size_t rows = std::max(classes.size(), std::min(urls, top.entries.size()));
    for (std::size_t row = 0; row < rows; ++row) {
        Line line(o);
        if (row < classes.size()) {
            const std::size_t c = classes[row];
            const std::uint64_t answers = totals.parsed - std::min(totals.parsed, totals.noStatus);
            const std::uint64_t others = totals.byClass[5] - std::min(totals.byClass[5], totals.noStatus);
            const std::uint64_t count = c == 0 ? totals.byClass[0] + others : totals.byClass[c];
            const double share = answers == 0 ? 0 : static_cast<double>(count) / static_cast<double>(answers);
            line.to(1).text(c == 0 ? "other" : kClassName[c]).to(7).bar(share, half - 8 - figures, kClassInk[c]);
            line.right(answers == 0 ? "-" : withSeparators(count), half - 8);
            line.right(answers == 0 ? "-" : percentText(share), half - 2, Ink::Dim);
        }
        if (row < top.entries.size()) {
            const TopEntry& entry = top.entries[row];
            const int barWidth = std::clamp((o.columns - half) / 5, 4, 30);
            const int countAt = o.columns - barWidth - 2;
            line.to(half).text(entry.key, Ink::Plain, countAt - half - 12);
            line.right(withSeparators(entry.count), countAt).to(countAt + 1);
            line.bar(static_cast<double>(entry.count) / static_cast<double>(std::max<std::uint64_t>(top.entries.front().count, 1)),
                     barWidth, Ink::Accent);
        }
        lines.push_back(line.str());
    }
    return lines;
}

std::vector<std::string> drawBatches(const BatchPart& batch, const ViewOptions& o, std::size_t count) {
    std::vector<std::string> lines;
    if (batch.recent.empty() || count == 0) return lines;
    const std::array<int, 5> ends{10, 21, 33, 45, 57};
    Line head(o);
    head.to(1)
        .text("Batches", Ink::Dim)
        .right("lines", ends[1], Ink::Dim)
        .right("processed/s", ends[2], Ink::Dim)
        .right("delay", ends[3], Ink::Dim)
        .right("took", ends[4], Ink::Dim)
        .to(59)
        .text("of its interval", Ink::Dim);
    lines.push_back(head.str());
    const std::size_t shown = std::min(count, batch.recent.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const BatchProgress& p = batch.recent[batch.recent.size() - 1 - i];
        Line line(o);
        line.right(withSeparators(p.id.value), ends[0])
            .right(withSeparators(p.lines), ends[1])
            .right(rateText(p.processedRowsPerSecond), ends[2])
            .right(timeText(p.totalDelayMs), ends[3])
            .right(timeText(p.triggerMs), ends[4])
            .to(59);
        if (batch.interval.count() > 0) line.bar(p.triggerMs / static_cast<double>(batch.interval.count()), o.columns - 60, Ink::Accent);
        lines.push_back(line.str());
    }
    return lines;
}

std::vector<const Problem*> openProblems(const Snapshot& s) {
    std::vector<const Problem*> open;
    const auto each = [&](const std::vector<Problem>& problems) {
        for (const Problem& problem : problems)
            if (!problem.resolved) open.push_back(&problem);
    };
    if (s.generator) each(s.generator->stage.problems);
    if (s.splitter) each(s.splitter->stage.problems);
    if (s.batch) each(s.batch->stage.problems);
    if (s.output) each(s.output->stage.problems);
    if (s.metrics) each(s.metrics->problems);
    std::stable_sort(open.begin(), open.end(), [](const Problem* a, const Problem* b) { return a->severity > b->severity; });
    return open;
}

std::vector<std::string> drawProblems(const std::vector<const Problem*>& problems, const ViewOptions& o, std::size_t room) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < problems.size() && lines.size() < room; ++i) {
        const Problem& p = *problems[i];
        Line line(o);
        line.to(1).sign(p.severity == Severity::Info ? "·" : "▲", p.severity == Severity::Info ? "." : "!",
                        p.severity == Severity::Error ? Ink::Alarm : Ink::Bold);
        line.text(" " + p.sentence + (p.count > 1 ? " (" + withSeparators(p.count) + " times)" : ""),
                  p.severity == Severity::Error ? Ink::Bold : Ink::Plain);
        lines.push_back(line.str());
        if (!p.advice.empty() && lines.size() < room) lines.push_back(Line(o).to(3).text(p.advice, Ink::Dim).str());
    }
    return lines;
}

} // namespace

std::string withSeparators(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

std::vector<std::string> renderView(const Snapshot& s, const ViewOptions& o) {
    const auto rows = static_cast<std::size_t>(std::max(o.rows, 1));
    const bool airy = rows >= 24;
    std::vector<std::string> lines;
    const auto add = [&](const std::vector<std::string>& more) { lines.insert(lines.end(), more.begin(), more.end()); };
    const auto gap = [&] {
        if (airy) lines.emplace_back();
    };

    Line title(o);
    title.to(1).text("Streamgauge", Ink::Bold);
    if (!s.stream.empty()) title.text("  stream " + s.stream, Ink::Dim);
    if (s.output && s.output->stage.state != StageState::Off && !s.output->target.empty())
        title.text("  " + (s.output->product.empty() ? s.output->target : s.output->product + " at " + s.output->target), Ink::Dim);
    if (o.started.ns != 0 && s.taken >= o.started) {
        const std::string time = clockText(s.taken.seconds() - o.started.seconds());
        if (title.used() + static_cast<int>(time.size()) + 2 < o.columns) title.right(time, o.columns - 1, Ink::Dim);
    }
    lines.push_back(title.str());
    gap();
    add(drawStages(s, o));
    gap();
    lines.push_back(drawLedger(s.ledger, o));
    add(drawImport(s, o));
    gap();
    add(drawFigures(s, o));
    gap();

    const std::vector<const Problem*> problems = openProblems(s);
    const std::size_t problemRoom = problems.empty() ? 0 : rows >= 30 ? 4 : 2;
    const std::vector<std::string> told = drawProblems(problems, o, problemRoom);
    const std::size_t footer = 1;
    if (s.batch && s.batch->totals.parsed > 0) {
        const std::size_t left = rows > lines.size() + told.size() + footer ? rows - lines.size() - told.size() - footer : 0;
        const std::size_t batches = left > 20 ? 6 : left > 11 ? 4 : left > 8 ? left - 8 : 0;
        const std::size_t taken = batches > 0 ? batches + 2 : 0;
        add(drawCharts(s, o, left > taken + 1 ? left - taken - 1 : 0));
        const std::vector<std::string> table = drawBatches(*s.batch, o, batches);
        if (lines.size() + table.size() + told.size() + footer < rows) gap();
        add(table);
    } else {
        add(drawNothingYet(s, o));
    }
    const std::size_t limit = rows - std::min(rows, told.size() + footer);
    if (lines.size() > limit) lines.resize(limit);
    add(told);
    const bool off = !s.output || s.output->stage.state == StageState::Off;
    Line foot(o);
    if (!o.caption.empty()) foot.to(1).text(o.caption, Ink::Bold);
    else foot.to(1).text("Ctrl-C finishes the batch and ends; a second one ends now", Ink::Dim);
    if (o.caption.empty() && off && o.columns >= 120) foot.text("; --elasticsearch URL delivers the events", Ink::Dim);
    lines.push_back(foot.str());
    if (lines.size() > rows) lines.resize(rows);
    return lines;
}

std::string renderPlainLine(const Snapshot& s) {
    const Ledger& l = s.ledger;
    std::string out = clockText(s.taken.seconds() - s.taken.days() * 86'400) + "Z  " + withSeparators(l.logLines()) + " lines";
    if (s.splitter) out += " (" + rateText(s.splitter->stage.rate) + ')';
    if (const std::string import = importText(s); !import.empty()) out += ", import " + import;
    out += ", " + withSeparators(l.parsed) + " parsed";
    if (s.output && s.output->stage.state != StageState::Off) out += ", " + withSeparators(l.indexed()) + " indexed";
    out += ", " + withSeparators(l.deadLeft()) + " dead, " + withSeparators(l.inFlight()) + " in flight";
    if (s.batch) {
        if (s.batch->totals.p95Ms >= 0) out += ", p95 " + timeText(static_cast<double>(s.batch->totals.p95Ms));
        if (!s.batch->recent.empty()) {
            const BatchProgress& last = s.batch->recent.back();
            out += ", batch " + withSeparators(last.id.value) + " took " + timeText(last.triggerMs);
        }
    }
    const std::vector<std::string> differences = l.differences();
    return out + (differences.empty() ? ", balanced" : ", NOT BALANCED: " + differences.front());
}

std::string renderLedger(const Ledger& ledger) {
    std::string out;
    const auto row = [&](std::string_view sign, std::uint64_t count, std::string_view name, std::string_view explanation) {
        std::string number = withSeparators(count);
        number.insert(0, number.size() < 16 ? 16 - number.size() : 0, ' ');
        std::string label(name);
        label.resize(std::max<std::size_t>(label.size(), 14), ' ');
        out += ' ' + std::string(sign) + number + ' ' + label + "  " + std::string(explanation) + '\n';
    };
    row(" ", ledger.logLines(), "lines", "read from the logs");
    std::string_view sign = "=";
    for (const Term& term : termsOf(ledger)) {
        if (term.count == 0 && !term.always) continue;
        row(sign, term.count, term.name, term.explanation);
        sign = "+";
    }
    const std::uint64_t refused = ledger.deadLeft() - ledger.deadParseLeft();
    for (std::size_t i = 0; i < ledger.deadByReason.size(); ++i)
        if (const std::uint64_t left = ledger.deadLeft(static_cast<Reason>(i)); left > 0)
            out += "     dead letters, " + std::string(reasonText(static_cast<Reason>(i)).id) + ": " + withSeparators(left) + '\n';
    if (refused > 0) out += "     dead letters, refused by the server: " + withSeparators(refused) + '\n';
    if (ledger.resolved() > 0) out += "     retried and read again, no dead letters any more: " + withSeparators(ledger.resolved()) + '\n';
    const std::vector<std::string> differences = ledger.differences();
    if (differences.empty()) return out + "The books balance.\n";
    for (const std::string& difference : differences) out += "The books do not balance: " + difference + '\n';
    return out;
}

namespace {

bool speaksUtf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        const std::string_view text(value);
        return text.find("UTF-8") != text.npos || text.find("utf8") != text.npos || text.find("UTF8") != text.npos ||
               text.find("utf-8") != text.npos;
    }
    return false;
}

/// A terminal that went away is no reason to stop.
void writeAll(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR) return;
    }
}

} // namespace

TerminalView::TerminalView(bool colour) {
    m_options.colour = colour;
    m_options.unicode = speaksUtf8();
    m_options.started = SystemClock().wall();
    writeAll("\x1b[?25l\x1b[2J");
}

TerminalView::~TerminalView() { writeAll("\x1b[0m\x1b[?25h\r\n"); }

void TerminalView::draw(const Snapshot& snapshot) {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    const int columns = known ? size.ws_col : 80;
    const int rows = known ? size.ws_row : 24;
    std::string frame = columns != m_options.columns || rows != m_options.rows ? "\x1b[2J\x1b[H" : "\x1b[H";
    m_options.columns = columns;
    m_options.rows = rows;
    bool first = true;
    for (const std::string& line : renderView(snapshot, m_options)) {
        if (!first) frame += "\r\n";
        first = false;
        frame += line + "\x1b[K";
    }
    writeAll(frame + "\x1b[J");
}

} // namespace sg
