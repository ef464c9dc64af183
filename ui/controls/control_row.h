#pragma once
/// The table of controls: one row each. Unit, range, default and meaning are the profile table's.
#include "core/contract/tuning.h"
#include "core/pipeline/pipeline.h"
#include "ui/controls/value_text.h"

#include <QString>

#include <array>
#include <span>

namespace sg {

enum class ControlGroupId { Traffic, Statuses, UrlsAndVisitors, Log, Splitter, Batches, Lines, Output, Display };
inline constexpr std::size_t kControlGroups = 9;

enum class Editor { Number, Switch, Choice, Text, Weights, Stages, Ranges, Mix };
enum class Slide { Linear, Log, None }; ///< None: only the number

/// Why a control has no effect now, as a sentence; empty = it has one.
using NoEffect = QString (*)(const Tuning&, const PipelineOptions&);

struct ControlRow {
    ControlGroupId group;
    const char* section; ///< of the profile table
    const char* key;
    const char* name;
    const char* meaning; ///< a sentence for the tooltip
    Editor editor;
    Look look = Look::Count;
    Slide slide = Slide::None;
    double step = 1;      ///< of a linear slider, in the field's unit
    bool further = false; ///< under "More" of its group
    NoEffect noEffect = nullptr;
    /// Choice: the names of the values in the order of the table; Text and Weights: what stands in an empty field, first.
    std::span<const char* const> names = {};
};

[[nodiscard]] std::span<const ControlRow> controlRows();
[[nodiscard]] QString groupName(ControlGroupId group);
[[nodiscard]] const char* groupKey(ControlGroupId group); ///< of saved states
/// The stage that takes a section over, and echoes its revision.
[[nodiscard]] StageName stageOf(const ControlRow& row);

} // namespace sg
