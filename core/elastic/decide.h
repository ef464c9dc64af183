#pragma once
/// Reads the answer to a bulk request and says what to do: with the request as a whole, and with each of its documents.
///
/// Nothing is thrown away on a doubt: only a 400 of a single document, named by the server, becomes a dead letter. Blocks are known by
/// the error's type, whatever the status: 7.17 answers 429 for a full disk, older ones 403.
#include "core/elastic/transport.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// What happened to one document.
enum class ItemOutcome : std::uint8_t {
    Created,
    Conflict, ///< 409: there is a document with this id
    Retry,    ///< 429: not done, again later
    Unknown,  ///< 5xx, or missing from a short answer: may have been done, again later
    Reject,   ///< 400 and the like: dead letter with the server's reason
    Shorten,  ///< 400: its index holds as many names of fields as it may; again without the names that the line brought
    Blocked,  ///< the server takes no document of this kind until a person (or it itself) has changed something
};

struct ItemError {
    std::uint32_t item = 0;
    std::string type;
    std::string reason;
};

struct BulkDecision {
    enum class Whole : std::uint8_t {
        Items,   ///< `items` holds one outcome for each document sent
        Retry,   ///< 429: nothing was done
        Unknown, ///< no answer, 5xx, or an answer that cannot be read
        Split,   ///< 413
        Blocked, ///< the request was refused: `kind` and `sentence` say why
        Broken,  ///< more answers than documents: which belongs to which is not known
    };
    Whole whole = Whole::Unknown;
    std::vector<ItemOutcome> items;
    std::vector<ItemError> errors; ///< of Reject, Shorten and Blocked items, ascending
    std::string kind;              ///< of the first block: the key of the problem
    std::string sentence;          ///< what is wrong, for people
    std::string advice;
};

/// What the actions of a body are.
enum class BulkKind : std::uint8_t {
    Create,
    Delete, ///< a document or an index that is not there is as good as deleted: its outcome is Created, "done"
};

/// REQUIRES: `response` answers a body of `sent` documents. `mappingHeld`: the body waits because of a mapping problem already, so that
/// what is left of it is not thrown away for being few.
[[nodiscard]] BulkDecision decideBulk(const HttpResponse& response, std::size_t sent, bool mappingHeld = false,
                                      BulkKind kind = BulkKind::Create);

/// A body of at least this many documents, at least half of which fail alike, is a wrong mapping and not bad documents.
inline constexpr std::size_t kMappingProblemFrom = 100;

/// "type: reason" of an error answer, or the beginning of its text; at most 300 bytes.
[[nodiscard]] std::string errorOf(const HttpResponse& response);

/// "does not answer: ...", or "is not trusted: ..." after a refused certificate. REQUIRES: status 0.
[[nodiscard]] std::string silenceOf(const HttpResponse& response);

/// Full jitter: a random wait in [0, min(30 s, 0.5 s * 2^attempt)]; `random` is uniform over 32 bits.
[[nodiscard]] Milliseconds backoff(unsigned attempt, std::uint32_t random);
/// Between probes of something that is blocked: 5 s to 30 s.
[[nodiscard]] Milliseconds probeWait(unsigned attempt, std::uint32_t random);

} // namespace sg
