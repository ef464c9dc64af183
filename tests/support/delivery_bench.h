#pragma once
/// A data directory with committed batches and a Deliverer on it: chunks are written as the splitter does, batches made by the engine.
#include "core/batch/deliverer.h"
#include "core/batch/engine.h"
#include "core/batch/target.h"
#include "tests/support/chunk_folder.h"
#include "tests/support/manual_clock.h"

#include <cstdio>

namespace sg::test {

class DeliveryBench {
    ChunkFolder m_chunks;

public:
    using MakeTransport = std::function<std::unique_ptr<Transport>(const std::string&)>;

    DeliveryBench(const std::string& stream, const std::string& url, const std::string& prefix, MakeTransport make)
        : m_chunks(stream), m_stream(stream), m_make(std::move(make)) {
        tuning.output.url = url;
        tuning.output.indexPrefix = prefix;
        open();
    }
    void open() {
        deliverer.reset();
        engine.reset();
        store.reset();
        Store::Options options;
        options.path = data.store();
        auto opened = Store::open(options);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
        BatchEngineOptions batch;
        batch.data = data;
        batch.stream = m_stream;
        batch.format = "combined";
        batch.target = [this] { return targetOf(tuning.output); };
        auto made = BatchEngine::open(files, batchClock, *store, m_executor, std::move(batch));
        if (!made) qFatal("%s", made.error().message.c_str());
        engine = std::move(*made);
        DelivererOptions deliver;
        deliver.data = data;
        deliver.stream = m_stream;
        deliver.sourcePath = [](SourceId) { return std::string("/var/log/access.log"); };
        deliverer = Deliverer::create(files, clock(), *store, m_make, std::move(deliver));
    }
    /// One chunk of `lines` readable lines of that day of October, one bad and one blank one, committed as a batch of its own.
    void addBatch(int lines, int day = 10) {
        std::string bytes;
        for (int i = 0; i < lines; ++i) {
            char line[160];
            std::snprintf(line, sizeof line,
                          "203.0.113.9 - - [%02d/Oct/2025:13:%02d:%02d +0000] \"GET /p/%d HTTP/1.1\" 200 %d \"-\" \"curl/8.0\"\n", day,
                          i / 60 % 60, i % 60, i, i);
            ids.push_back(documentId(m_stream, m_chunks.nextSequence(), bytes.size()));
            bytes += line;
            if (i == lines / 2) bytes += "no log line\n\n";
        }
        m_chunks.publish(bytes, static_cast<std::uint64_t>(lines) + 2, Timestamp::fromSeconds(1'760'000'000));
        const auto tick = engine->runOnce(tuning);
        if (!tick || !tick->ran) qFatal("no batch: %s", tick ? "nothing to do" : tick.error().message.c_str());
    }
    Milliseconds pump() {
        const auto wait = deliverer->pump(tuning);
        if (!wait) qFatal("%s", wait.error().message.c_str());
        return *wait;
    }
    Ledger ledger() const {
        const auto ledger = store->ledger();
        if (!ledger) qFatal("%s", ledger.error().message.c_str());
        return *ledger;
    }
    bool isOpen(const std::string& key) const {
        for (const Problem& problem : deliverer->part().stage.problems)
            if (problem.key == key && !problem.resolved) return true;
        return false;
    }
    void useSystemClock() {
        m_system = true;
        open();
    }

    PosixFileSystem files;
    ManualClock batchClock; ///< also the deliverer's, unless useSystemClock
    const DataDirectory& data = m_chunks.data();
    Tuning tuning;
    std::unique_ptr<Store> store;
    std::unique_ptr<BatchEngine> engine;
    std::unique_ptr<Deliverer> deliverer;
    std::vector<std::string> ids; ///< of every readable line

private:
    const Clock& clock() const { return m_system ? static_cast<const Clock&>(m_systemClock) : batchClock; }
    const std::string m_stream;
    const MakeTransport m_make;
    InlineExecutor m_executor;
    SystemClock m_systemClock;
    bool m_system = false;
};

} // namespace sg::test
