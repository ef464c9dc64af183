#pragma once
/// The y-axis: from 0 in round steps, or in decades. It grows at once and shrinks late, so that it does not jump with every point.
#include <QString>

#include <vector>

namespace sg {

class ValueScale {
public:
    void setLog(bool log);
    [[nodiscard]] bool isLog() const { return m_log; }
    /// Stays at 0..top whatever comes; 0 = follows the values again.
    void fix(double top);
    /// Takes in the least and the greatest value that is shown; of a log scale only what is above 0 counts.
    void fit(double least, double greatest);

    /// On the axis: log10 of a log scale. REQUIRES of a log scale: value > 0.
    [[nodiscard]] double unit(double value) const;
    [[nodiscard]] double bottom() const { return m_bottom; } ///< in axis units
    [[nodiscard]] double top() const { return m_top; }       ///< in axis units
    [[nodiscard]] double step() const { return m_step; }     ///< of a linear scale
    /// Values that get a line and a label, ascending.
    [[nodiscard]] std::vector<double> ticks() const;

private:
    bool m_log = false;
    double m_fixed = 0;
    double m_bottom = 0, m_top = 1, m_step = 0.25;
    bool m_fitted = false;
};

/// "16,000", "1.2 M", "0.4": as many decimals as the step needs.
[[nodiscard]] QString tickText(double value, double step);

} // namespace sg
