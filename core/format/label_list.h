#pragma once
/// The labels of one line, kept by its parser: what a line says that ECS has no field for.
#include "core/record/event.h"

#include <array>

namespace sg {

class LabelList {
public:
    void clear() {
        m_count = 0;
        m_leftOut = 0;
    }
    /// An absent value is left out; beyond kMaxLabels they are counted only.
    void add(std::string_view name, std::string_view value, bool number = false) {
        if (value.empty()) return;
        if (m_count < m_labels.size()) m_labels[m_count++] = {name, value, number};
        else ++m_leftOut;
    }
    [[nodiscard]] bool empty() const { return m_count == 0; }
    void leaveOut() { ++m_leftOut; }
    /// The record views into this list until the next line.
    void publish(Record& record) const {
        record.labels = {m_labels.data(), m_count};
        record.labelsLeftOut = m_leftOut;
    }

private:
    std::array<Label, kMaxLabels> m_labels;
    std::size_t m_count = 0;
    std::uint32_t m_leftOut = 0;
};

} // namespace sg
