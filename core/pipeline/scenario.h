#pragma once
/// A demonstration: a profile with a title and timed steps, each of which changes fields of the Tuning and may say a sentence.
///
///     title = "Product launch"
///     about = "A steady shop, then everyone comes at once."
///     [traffic]
///     rate = 2000
///     [[step]]
///     at = "30s"
///     set.rate = 50000               # a key that stands in one section only needs no section
///     set."output.bulk_bytes" = "1MiB"
///     hold_delivery = true           # the same as set."output.hold"
///     say = "Watch the queue."
///
/// Fields, readers and ranges are those of a profile. *Errors:* `file:line:column: sentence`.
#include "core/base/result.h"
#include "core/contract/profile_fields.h"
#include "core/contract/tuning.h"

#include <string>
#include <string_view>
#include <vector>

namespace sg {

struct ScenarioStep {
    Milliseconds at{0};
    std::string say;                       ///< caption; empty = the one before stays
    std::vector<const ProfileField*> sets; ///< of kProfileFields
    Tuning values;                         ///< what these are set to
    void apply(Tuning& tuning) const;      ///< changes the fields in `sets` and nothing else
};

struct Scenario {
    std::string name; ///< of the file, without folder and ending
    std::string title;
    std::string about; ///< one sentence
    Tuning start;
    std::vector<ScenarioStep> steps; ///< ascending by `at`
    /// The Tuning in force once `time` has passed since the start.
    [[nodiscard]] Tuning after(Milliseconds time) const;
};

/// `name` stands where the file's name would in messages; what the scenario leaves out keeps its value in `base`.
[[nodiscard]] Result<Scenario> readScenario(std::string_view text, const std::string& name, const Tuning& base);
/// The name of one that comes with the program, by its title or its file's name in any case, or the path of a file.
[[nodiscard]] Result<Scenario> findScenario(const std::string& nameOrPath, const Tuning& base);
/// The file is a profile with a title or steps, so a scenario. False when it cannot be read as TOML: its reader will say why.
[[nodiscard]] bool isScenarioFile(const std::string& path);
/// Those that come with the program, on the defaults, in the order in which they are offered.
[[nodiscard]] const std::vector<Scenario>& builtInScenarios();

} // namespace sg
