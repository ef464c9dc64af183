#pragma once
/// A Snapshot as text: the live view of a terminal, one plain line, and the final books. All pure functions but TerminalView.
///
/// Whatever stands in a log (a URL, an agent) is shown without control characters, so that a log cannot steer the terminal.
#include "core/contract/ledger.h"
#include "core/contract/snapshot.h"

#include <string>
#include <vector>

namespace sg {

struct ViewOptions {
    int columns = 80;
    int rows = 24;
    bool colour = true;  ///< 256 colours; never the only sign of anything
    bool unicode = true; ///< else ASCII
    Timestamp started;   ///< 0 = say nothing of the time
    std::string caption; ///< what a scenario says now; stands in the last line
};

/// At most `rows` lines, none wider than `columns` cells, without newlines. REQUIRES: columns >= 40, rows >= 8 for a useful picture.
[[nodiscard]] std::vector<std::string> renderView(const Snapshot& snapshot, const ViewOptions& options);
/// One line for logs and pipes.
[[nodiscard]] std::string renderPlainLine(const Snapshot& snapshot);
/// The balance, term by term, and the verdict. Each line ends with a newline.
[[nodiscard]] std::string renderLedger(const Ledger& ledger);

/// "1,234,567".
[[nodiscard]] std::string withSeparators(std::uint64_t number);

/// Draws in place on standard output and gives the terminal back when destroyed. *Thread:* one.
class TerminalView {
public:
    explicit TerminalView(bool colour);
    ~TerminalView();
    TerminalView(const TerminalView&) = delete;
    TerminalView& operator=(const TerminalView&) = delete;
    void draw(const Snapshot& snapshot);
    void setCaption(const std::string& text) { m_options.caption = text; }

private:
    ViewOptions m_options;
};

} // namespace sg
