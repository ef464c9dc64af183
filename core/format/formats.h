#pragma once
/// The formats behind the registry, each in the file of its name.
#include "core/format/format.h"

namespace sg {

[[nodiscard]] std::shared_ptr<const Format> makeCombined();
[[nodiscard]] std::shared_ptr<const Format> makeNginxCombined();
[[nodiscard]] std::shared_ptr<const Format> makeVhostCombined();
[[nodiscard]] std::shared_ptr<const Format> makeCommon();
[[nodiscard]] std::shared_ptr<const Format> makeJson();
[[nodiscard]] std::shared_ptr<const Format> makeOriginal();
[[nodiscard]] std::shared_ptr<const Format> makeTraefik();
[[nodiscard]] std::shared_ptr<const Format> makeW3c();
[[nodiscard]] std::shared_ptr<const Format> makeCloudFront();
[[nodiscard]] std::shared_ptr<const Format> makeHaproxy();
[[nodiscard]] std::shared_ptr<const Format> makeSquid();
[[nodiscard]] std::shared_ptr<const Format> makeAwsElb();
[[nodiscard]] std::shared_ptr<const Format> makeAwsAlb();
[[nodiscard]] std::shared_ptr<const Format> makeAwsS3();
[[nodiscard]] std::shared_ptr<const Format> makeCaddy();
[[nodiscard]] std::shared_ptr<const Format> makeTraefikJson();

/// `apache:<LogFormat>` and `nginx:<log_format>`; the name in full.
[[nodiscard]] Result<std::shared_ptr<const Format>> makeApache(std::string_view name);
[[nodiscard]] Result<std::shared_ptr<const Format>> makeNginx(std::string_view name);
/// `json:<key map>`; the name in full.
[[nodiscard]] Result<std::shared_ptr<const Format>> makeMappedJson(std::string_view name);
/// `csv:<columns>`; the name in full.
[[nodiscard]] Result<std::shared_ptr<const Format>> makeCsv(std::string_view name);

/// A format that is a name and a parser.
template <class Parser, bool Timeless = false> class ParserFormat final : public Format {
public:
    explicit ParserFormat(std::string_view name) : m_name(name) {}
    [[nodiscard]] std::string_view name() const override { return m_name; }
    [[nodiscard]] std::unique_ptr<LineParser> makeParser(const FormatOptions& options) const override {
        return std::make_unique<Parser>(options);
    }
    [[nodiscard]] bool timeless() const override { return Timeless; }

private:
    std::string_view m_name;
};

} // namespace sg
