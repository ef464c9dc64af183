#include "core/batch/letter_lane.h"

#include "core/base/fault.h"
#include "core/elastic/bulk.h"
#include "core/elastic/decide.h"
#include "core/elastic/encode_letter.h"
#include "core/elastic/index_prefix.h"

#include <algorithm>

namespace sg {
namespace {

constexpr Milliseconds kLookAgain{250};
constexpr std::size_t kMostBytes = 4U << 20U;
constexpr const char* kHeld = "elastic.letters";
constexpr const char* kRefused = "elastic.letters_refused";

/// The path is kept with the letter, so that its document is found again when the letter is resolved.
std::string indexOf(const Target& target, const DeadLetter& letter) {
    return deadLettersIndex(prefixFor(target.prefix, sourceIndexName(letter.sourcePath)), letter.time);
}

} // namespace

Result<std::optional<HttpRequest>> LetterLane::next(const OutputTuning& tuning) {
    const SteadyTime now = m_clock.steady();
    if (m_flying || now < m_notBefore) return std::optional<HttpRequest>();
    SG_TRY_ASSIGN(std::vector<LetterToDeliver> letters, m_store.lettersToDeliver(m_target.key, m_most));
    m_notBefore = now + kLookAgain;
    if (letters.empty()) return std::optional<HttpRequest>();
    // Either kind of request: its answer is read differently.
    m_deletes = letters.front().resolved;
    std::erase_if(letters, [&](const LetterToDeliver& letter) { return letter.resolved != m_deletes; });
    BulkBody body(std::min<std::size_t>(tuning.bulkBytes, kMostBytes));
    if (m_deletes) {
        for (const LetterToDeliver& letter : letters)
            body.addDelete(indexOf(m_target, letter.letter), letter.letter.documentId);
    } else {
        std::vector<std::int64_t> rows;
        for (const LetterToDeliver& letter : letters) rows.push_back(letter.row);
        SG_TRY_ASSIGN(const std::vector<std::int64_t> marked, m_store.markLettersSent(rows));
        // Who was resolved since it was read is no dead letter any more.
        std::erase_if(letters, [&](const LetterToDeliver& each) { return !std::binary_search(marked.begin(), marked.end(), each.row); });
        std::string document;
        std::size_t fit = 0;
        for (const LetterToDeliver& each : letters) {
            const DeadLetter& letter = each.letter;
            document.clear();
            encodeLetter({letter.documentId, letter.time, letter.reason, letter.detail, letter.raw, letter.sourcePath, letter.offset,
                          letter.batch.value, !letter.target.empty()},
                         document);
            if (!body.add(indexOf(m_target, letter), letter.documentId, document, 0, 0)) break;
            ++fit;
        }
        letters.resize(fit);
    }
    if (letters.empty()) return std::optional<HttpRequest>();
    m_sent = std::move(letters);
    m_flying = true;
    HttpRequest request;
    request.method = "POST";
    request.path = kBulkPath;
    request.body = body.text();
    request.contentType = "application/x-ndjson";
    request.timeout = tuning.timeout;
    SG_FAULT_POINT("letters.send");
    return std::optional<HttpRequest>(std::move(request));
}

void LetterLane::wait(bool blocked) {
    m_notBefore = m_clock.steady() + (blocked ? probeWait(m_attempt, m_random()) : backoff(m_attempt, m_random()));
    ++m_attempt;
}

void LetterLane::say(ProblemList& problems, Severity severity, const std::string& sentence, const std::string& advice) {
    problems.raise(kHeld, severity, "dead letters wait: " + m_target.url + ' ' + sentence, advice, m_clock.wall());
}

void LetterLane::hold(ProblemList& problems, Severity severity, const std::string& sentence, const std::string& advice) {
    say(problems, severity, sentence, advice);
    wait(true);
}

void LetterLane::lost() {
    if (!m_flying) return;
    m_flying = false;
    for (const LetterToDeliver& letter : m_sent) m_maybeSent.insert(letter.row);
    m_sent.clear();
}

Status LetterLane::commit(const LetterOutcome& outcome) {
    const Status done = m_store.commitLetters(outcome);
    if (done) return {};
    if (done.error().code != ErrorCode::DiskFull && done.error().code != ErrorCode::Busy) return done;
    // Said again later, and known as its own echo then.
    for (const std::int64_t row : outcome.there) m_maybeSent.insert(row);
    wait(true);
    return {};
}

Status LetterLane::answer(const HttpResponse& response, ProblemList& problems) {
    if (!m_flying) return {};
    SG_FAULT_POINT("letters.answer");
    const BulkDecision decision = decideBulk(response, m_sent.size(), false, m_deletes ? BulkKind::Delete : BulkKind::Create);
    const std::vector<LetterToDeliver> sent = std::move(m_sent);
    m_sent.clear();
    m_flying = false;
    const auto unknown = [&] {
        for (const LetterToDeliver& letter : sent) m_maybeSent.insert(letter.row);
    };
    switch (decision.whole) {
    case BulkDecision::Whole::Items:
        break;
    case BulkDecision::Whole::Retry:
        m_most = std::max<std::size_t>(1, m_most / 2);
        say(problems, Severity::Warning, decision.sentence, "It is tried again by itself.");
        wait(false);
        return {};
    case BulkDecision::Whole::Split:
        if (sent.size() > 1) {
            m_most = std::max<std::size_t>(1, sent.size() / 2);
            m_notBefore = m_clock.steady();
            return {};
        }
        problems.raise(kRefused, Severity::Warning, m_target.url + " takes no dead letter of " + std::to_string(sent.front().letter.raw.size()) + " bytes",
                       "It is kept here and not sent again.", m_clock.wall());
        return commit({{}, {sent.front().row}, {}});
    case BulkDecision::Whole::Unknown:
        unknown();
        // That nobody answers is said for the whole target.
        if (response.status != 0) say(problems, Severity::Warning, decision.sentence, "It is tried again by itself.");
        wait(false);
        return {};
    case BulkDecision::Whole::Broken:
        unknown();
        hold(problems, Severity::Error, decision.sentence, decision.advice);
        return {};
    case BulkDecision::Whole::Blocked:
        hold(problems, Severity::Error, decision.sentence, decision.advice);
        return {};
    }
    LetterOutcome outcome;
    bool collided = false;
    bool blocked = false;
    bool again = false;
    std::string refusal;
    auto error = decision.errors.begin();
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const LetterToDeliver& letter = sent[i];
        while (error != decision.errors.end() && error->item < i) ++error;
        switch (decision.items[i]) {
        case ItemOutcome::Created:
            (m_deletes ? outcome.deleted : outcome.there).push_back(letter.row);
            break;
        case ItemOutcome::Conflict:
            if (letter.maySentBefore || m_maybeSent.contains(letter.row)) outcome.there.push_back(letter.row);
            else collided = true;
            break;
        case ItemOutcome::Reject:
        case ItemOutcome::Shorten: // a letter brings no names
            outcome.refused.push_back(letter.row);
            if (refusal.empty()) refusal = error->type + ": " + error->reason;
            break;
        case ItemOutcome::Unknown:
            m_maybeSent.insert(letter.row);
            again = true;
            break;
        case ItemOutcome::Blocked:
            blocked = true;
            break;
        case ItemOutcome::Retry:
            again = true;
            break;
        }
    }
    if (!outcome.there.empty() || !outcome.refused.empty() || !outcome.deleted.empty()) {
        m_attempt = 0;
        m_most = std::min(kMostLetters, m_most * 2);
        m_notBefore = m_clock.steady(); // there may be more
        SG_TRY(commit(outcome));
        for (const std::int64_t row : outcome.there) m_maybeSent.erase(row);
    }
    if (!outcome.refused.empty()) {
        m_refused += outcome.refused.size();
        problems.raise(kRefused, Severity::Warning,
                       m_target.url + " refuses " + std::to_string(m_refused) + " dead letters themselves: " + refusal,
                       "They are kept here and not sent again; see what has another mapping for the index of dead letters.",
                       m_clock.wall());
    }
    if (collided)
        hold(problems, Severity::Error, "has a dead letter with an id that was never sent from here: document id collision",
             "Another data directory with the same stream writes to this index: give one of them another index prefix.");
    else if (blocked) hold(problems, Severity::Error, decision.sentence, decision.advice);
    else if (again) wait(false);
    else problems.resolve(kHeld, m_clock.wall());
    return {};
}

} // namespace sg
