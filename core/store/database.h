#pragma once
/// A SQLite connection with its prepared statements; errors become Result, with the file and SQLite's reason in the sentence.
///
/// *Thread:* one at a time (the store's mutex).
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace sg {

class Database;

/// One use of a prepared statement; resets it at the end. Values are bound in order, columns read by number.
class Statement {
public:
    Statement(Database& database, const char* sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    template <class T> Statement& bind(T value) {
        static_assert(std::is_integral_v<T>);
        return bindInteger(static_cast<std::int64_t>(value));
    }
    Statement& bind(const std::string& value) { return bindText(value); }
    /// REQUIRES: the bytes outlive the statement's use.
    Statement& blob(std::string_view value);
    Statement& bindText(std::string_view value);

    /// True when there is a row. *Errors:* see Database.
    [[nodiscard]] Result<bool> step();
    /// For statements without rows.
    [[nodiscard]] Status run();
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    /// Text or blob; a view that is valid until the next step.
    [[nodiscard]] std::string_view bytes(int column) const;

private:
    Statement& bindInteger(std::int64_t value);

    Database& m_database;
    sqlite3_stmt* m_statement = nullptr;
    int m_bound = 0;
    int m_error = 0; // first failure of prepare or bind
};

class Database {
public:
    Database() = default;
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] Status open(const std::string& path, const std::string& vfs, bool readOnly);
    /// Statements that need no values, one or more.
    [[nodiscard]] Status execute(const char* sql);
    /// The error for a SQLite result code: Corrupt, DiskFull, Busy, PermissionDenied or Io.
    [[nodiscard]] Failure failure(int code, const char* doing) const;
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] const std::string& path() const { return m_path; }

private:
    friend class Statement;
    sqlite3* m_handle = nullptr;
    std::string m_path;
    std::unordered_map<const char*, sqlite3_stmt*> m_statements; // by the address of their text
};

/// BEGIN IMMEDIATE ... COMMIT; rolled back unless committed.
class Transaction {
public:
    explicit Transaction(Database& database) : m_database(database) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    [[nodiscard]] Status begin();
    [[nodiscard]] Status commit();

private:
    Database& m_database;
    bool m_open = false;
};

} // namespace sg
