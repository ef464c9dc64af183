#include "core/enrich/enricher.h"

#include <QtTest>

using namespace sg;

namespace {
QString text(std::string_view view) { return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size())); }
} // namespace

class TestUrl : public QObject {
    Q_OBJECT

private slots:
    void splitsTargets_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QStringList>("parts"); // scheme, domain, path, query, fragment, extension
        const auto row = [](const char* phrase, const char* method, const char* target, QStringList parts) {
            QTest::newRow(phrase) << QString(method) << QString(target) << parts;
        };
        row("an empty target", "GET", "", {"", "", "", "", "", ""});
        row("the root", "GET", "/", {"", "", "/", "", "", ""});
        row("path and query", "GET", "/a/b.html?x=1&y=2", {"", "", "/a/b.html", "x=1&y=2", "", "html"});
        row("a question mark in the query", "GET", "/a?b?c", {"", "", "/a", "b?c", "", ""});
        row("a fragment", "GET", "/a.css#top", {"", "", "/a.css", "", "top", "css"});
        row("query and fragment", "GET", "/a?q#f?g", {"", "", "/a", "q", "f?g", ""});
        row("an absolute URL", "GET", "http://example.org:8080/x/y.PNG?z", {"http", "example.org", "/x/y.PNG", "z", "", "PNG"});
        row("an absolute URL without a path", "GET", "https://example.org", {"https", "example.org", "", "", "", ""});
        row("an absolute URL with a query only", "GET", "https://example.org?q=/a", {"https", "example.org", "", "q=/a", "", ""});
        row("user and password are no part of the domain", "GET", "http://me:pw@example.org/", {"http", "example.org", "/", "", "", ""});
        row("an IPv6 literal", "GET", "http://[2001:db8::1]:80/a", {"http", "[2001:db8::1]", "/a", "", "", ""});
        row("a tunnel", "CONNECT", "example.org:443", {"", "example.org", "", "", "", ""});
        row("a tunnel to an IPv6 literal", "CONNECT", "[::1]:443", {"", "[::1]", "", "", "", ""});
        row("the server itself", "OPTIONS", "*", {"", "", "*", "", "", ""});
        row("a URL within the query is no scheme", "GET", "/r?u=http://a.b/c.js", {"", "", "/r", "u=http://a.b/c.js", "", ""});
        row("a URL as a path", "GET", "/http://a.b/c.js", {"", "", "/http://a.b/c.js", "", "", "js"});
        row("two slashes", "GET", "//a/b", {"", "", "//a/b", "", "", ""});
        row("a dot in a folder is no extension", "GET", "/v1.2/users", {"", "", "/v1.2/users", "", "", ""});
        row("the last extension only", "GET", "/a.tar.gz", {"", "", "/a.tar.gz", "", "", "gz"});
        row("a hidden file has none", "GET", "/.env", {"", "", "/.env", "", "", ""});
        row("a dot at the end", "GET", "/a.", {"", "", "/a.", "", "", ""});
        row("an extension too long to be one", "GET", "/a.abcdefghijklmnopq", {"", "", "/a.abcdefghijklmnopq", "", "", ""});
        row("an extension of 16", "GET", "/a.abcdefghijklmnop", {"", "", "/a.abcdefghijklmnop", "", "", "abcdefghijklmnop"});
        row("an extension with other characters", "GET", "/a.b%20c", {"", "", "/a.b%20c", "", "", ""});
        row("a path parameter", "GET", "/a.jsp;jsessionid=1.2", {"", "", "/a.jsp;jsessionid=1.2", "", "", "jsp"});
        row("a path without a slash", "GET", "index.php?a", {"", "", "index.php", "a", "", "php"});
    }
    void splitsTargets() {
        QFETCH(QString, method);
        QFETCH(QString, target);
        QFETCH(QStringList, parts);
        const std::string m = method.toStdString();
        const std::string t = target.toStdString();
        const UrlParts url = splitUrl(m, t);
        const QStringList found = {text(url.scheme), text(url.domain),   text(url.path),
                                   text(url.query),  text(url.fragment), text(urlExtension(url.path))};
        QCOMPARE(found, parts);
    }
};

QTEST_APPLESS_MAIN(TestUrl)
#include "tst_url.moc"
