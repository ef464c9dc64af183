#include "core/pipeline/server_talk.h"

namespace sg {
namespace {

void goOn(Transport& transport, const std::shared_ptr<Conversation>& conversation, const std::function<void()>& done) {
    std::optional<HttpRequest> request = conversation->next();
    if (!request) return done();
    transport.send(std::move(*request), [&transport, conversation, done](const HttpResponse& response) {
        conversation->take(response);
        goOn(transport, conversation, done);
    });
}

} // namespace

void converse(Transport& transport, std::shared_ptr<Conversation> conversation, std::function<void()> done) {
    goOn(transport, conversation, done);
}

} // namespace sg
