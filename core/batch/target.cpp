#include "core/batch/target.h"

namespace sg {

Target targetOf(const OutputTuning& output) {
    Target target;
    if (!output.on || output.url.empty()) return target;
    target.url = output.url;
    while (target.url.ends_with('/')) target.url.pop_back();
    const auto scheme = target.url.find("://");
    const auto host = scheme == std::string::npos ? 0 : scheme + 3;
    const auto slash = target.url.find('/', host);
    const auto at = target.url.rfind('@', slash);
    if (at != std::string::npos && at >= host) target.url.erase(host, at + 1 - host);
    target.prefix = output.indexPrefix;
    target.key = target.url + '/' + target.prefix;
    return target;
}

Target targetOfKey(const std::string& key) {
    const auto slash = key.rfind('/');
    return {key, key.substr(0, slash), slash == std::string::npos ? std::string() : key.substr(slash + 1)};
}

} // namespace sg
