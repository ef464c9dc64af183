#pragma once
/// Reads a bundle of Kibana objects without a Kibana: says what an import or a dashboard would stumble over, and makes of a panel the
/// search that Kibana would send.
#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

namespace sg::test {

enum class BundleShape { Before89, From89 };

/// The objects of a bundle, line by line; one that is no JSON is an empty object.
[[nodiscard]] QList<QJsonObject> objectsOf(const QByteArray& bundle);

/// The fields of an index template's body by their full names, with their types.
[[nodiscard]] QMap<QString, QString> fieldsOf(const QByteArray& indexTemplate);

/// What is wrong with a bundle, a sentence each, beginning with the object; empty = nothing.
[[nodiscard]] QStringList complaintsOf(const QByteArray& bundle, BundleShape shape, const QMap<QString, QString>& fields);

/// The query of KQL text: `and`, `or`, `not`, brackets, `field : value`, `field : (a or b)`, `field : *`, and comparisons.
/// `fields` takes the names that it uses. Empty text is everything; text that is no KQL gives an empty object.
[[nodiscard]] QJsonObject queryOf(const QString& kql, QStringList* fields = nullptr);

/// The body of the search behind a visualization with aggregations; `interval` is what Kibana would choose for the time range.
[[nodiscard]] QJsonObject searchOf(const QJsonObject& visualization, const QString& interval);

/// A member of an object that is JSON in a string.
[[nodiscard]] QJsonObject inner(const QJsonObject& object, const QString& key);

} // namespace sg::test
