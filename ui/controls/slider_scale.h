#pragma once
/// Values on the places of a slider, 0..`places`. Pure.
namespace sg {

class SliderScale {
public:
    /// Logarithmic: with low = 0 place 0 is zero, and the rest begins at high / 100,000. Whole numbers stay whole.
    SliderScale(double low, double high, bool logarithmic, double step);
    [[nodiscard]] int places() const { return m_places; }
    [[nodiscard]] int placeOf(double value) const;
    /// With few digits, so that it reads well; at both ends exactly low and high.
    [[nodiscard]] double valueAt(int place) const;
    /// The next place, up or down, whose value differs from `value`; `places` steps at once when `page`.
    [[nodiscard]] int stepFrom(double value, int direction, bool page) const;

private:
    double m_low, m_high, m_step;
    double m_floor = 0; ///< logarithmic: the lowest value above zero
    bool m_logarithmic;
    int m_places;
};

} // namespace sg
