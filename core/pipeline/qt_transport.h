#pragma once
/// The Transport over Qt Network: HTTP keep-alive, no redirects, TLS, Basic, ApiKey or Bearer.
///
/// *Thread:* made, used and destroyed in one thread with an event loop. A body leaves at most once: Qt's silent second attempt after a
/// connection was cut is refused, because its 409s would look like foreign documents. *Errors:* as transport.h says;
/// a certificate that is refused is `untrusted`, and nothing of a request has left then.
#include "core/base/result.h"
#include "core/contract/credentials.h"
#include "core/elastic/transport.h"

#include <memory>
#include <string>

namespace sg {

/// STREAMGAUGE_ES_USER, _PASSWORD, _API_KEY, _TOKEN, _CA; what they leave out comes from the file named by STREAMGAUGE_ES_CREDENTIALS
/// (lines NAME=VALUE with the same names). *Errors:* PermissionDenied when group or others may read the file; InvalidArgument for a line
/// that is none, or for more than one of API key, token and user.
[[nodiscard]] Result<Credentials> credentialsFromEnvironment();

/// What of `credentials` may go to `url` while the settings name `named`: all of it to the same scheme, host and port; to any other address, such
/// as an older one that batches still wait for, only the authorities that prove who answers there.
[[nodiscard]] Credentials credentialsFor(const std::string& url, const std::string& named, const Credentials& credentials);

/// `url` may carry `user:password@`, used when `credentials` has neither user nor key. `stream` goes into X-Opaque-Id.
/// A CA that is named by its fingerprint is looked for among the certificates that the server itself sends; all else is then verified
/// against that one. An address or a CA file that cannot be used gives a transport that answers every request with that sentence.
[[nodiscard]] std::unique_ptr<Transport> makeQtTransport(const std::string& url, const Credentials& credentials, const std::string& stream);

} // namespace sg
