#include "tests/support/document_check.h"

#include "core/elastic/encode.h"
#include "core/enrich/enricher.h"
#include "core/record/json_text.h"
#include "tests/support/format_check.h"

#include <map>
#include <memory>
#include <simdjson.h>

namespace sg::test {
namespace {

/// What `event.original` holds of these bytes.
std::string originalOf(std::string_view bytes) {
    std::string json;
    appendJsonText(bytes, json);
    simdjson::dom::parser parser;
    return std::string(std::string_view(parser.parse(json).get_string()));
}

LineParser& parserOf(const std::string& format) {
    static std::map<std::string, std::unique_ptr<LineParser>> parsers;
    std::unique_ptr<LineParser>& parser = parsers[format];
    if (!parser) parser = (*findFormat(format))->makeParser({});
    return *parser;
}

} // namespace

std::string checkDocument(const std::string& format, std::string_view line) {
    static Enricher enricher(nullptr);
    static simdjson::dom::parser reader;
    Event event;
    LineParser& parser = parserOf(format);
    parser.setHeader({});
    if (parser.parse(line, false, event.record).kind != LineOutcome::Kind::Parsed) return {};
    enricher.enrich(event);
    DocumentContext context;
    context.dataset = datasetName(format);
    context.original = true;
    std::string document;
    encodeDocument(event, context, document);
    if (document.find('\n') != std::string::npos) return format + ": a document of two lines";
    if (!isUtf8(document)) return format + ": a document that is not UTF-8";
    simdjson::dom::element root;
    if (const auto error = reader.parse(document).get(root); error != simdjson::SUCCESS)
        return format + ": a document that is not JSON: " + document;
    std::string_view original;
    if (root["event"]["original"].get(original) != simdjson::SUCCESS) return format + ": the raw line is missing";
    if (original != originalOf(event.record.line)) return format + ": the raw line is another";
    if (isUtf8(event.record.line) && original != event.record.line) return format + ": the raw line cannot be had back";
    return {};
}

std::string checkDocuments(std::string_view line) {
    for (const std::string_view name : formatNames())
        if (std::string wrong = checkDocument(std::string(name), line); !wrong.empty()) return wrong;
    for (const FormatString& each : formatStrings())
        if (std::string wrong = checkDocument(each.format, line); !wrong.empty()) return wrong;
    return {};
}

} // namespace sg::test
