#pragma once
/// Looks at an Elasticsearch and a Kibana as the pipeline would meet them, and does what a finding advises.
///
/// The name is looked up and the port tried here; what is asked then is core/elastic/doctor.h.
/// *Thread:* made, used and destroyed in one thread with an event loop; answers come there, never before the call has returned, and not
/// after the visit is gone; an answer must not destroy it.
#include "core/contract/credentials.h"
#include "core/elastic/doctor.h"
#include "core/elastic/kibana.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sg {

struct DoctorPlaces {
    std::string elasticsearch; ///< empty = not looked at
    std::string kibana;        ///< the same
    bool kibanaExpected = false; ///< that it does not answer is a fault, not only to be known
    std::string space;           ///< of Kibana
    SetUpOptions setUp;
};
/// What is wrong with them, as a sentence; empty = nothing.
[[nodiscard]] std::string checkDoctorPlaces(const DoctorPlaces& places);

class DoctorVisit {
public:
    /// Without credentials those of the environment are taken, as the pipeline does. REQUIRES: checkDoctorPlaces(places) is empty.
    explicit DoctorVisit(DoctorPlaces places, const std::optional<Credentials>& credentials = {});
    ~DoctorVisit();
    DoctorVisit(const DoctorVisit&) = delete;
    DoctorVisit& operator=(const DoctorVisit&) = delete;

    void run(std::function<void(const std::vector<Finding>&)> done);
    /// Does it, and says in a sentence what came of it.
    void apply(Finding::Remedy remedy, std::function<void(bool good, const std::string& sentence)> done);

private:
    struct Inside;
    std::unique_ptr<Inside> m_inside;
};

} // namespace sg
