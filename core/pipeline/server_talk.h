#pragma once
/// Carries a conversation out over a transport.
///
/// *Thread:* the transport's. `done` comes never before the call has returned, and not after the transport is gone.
#include "core/elastic/conversation.h"

#include <functional>
#include <memory>

namespace sg {

/// The conversation lives until `done` has returned.
void converse(Transport& transport, std::shared_ptr<Conversation> conversation, std::function<void()> done);

} // namespace sg
