#include "core/store/database.h"

#include <cerrno>
#include <cstring>
#include <sqlite3.h>

namespace sg {

Statement::Statement(Database& database, const char* sql) : m_database(database) {
    sqlite3_stmt*& kept = database.m_statements[sql];
    if (kept == nullptr) m_error = sqlite3_prepare_v3(database.m_handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &kept, nullptr);
    m_statement = kept;
}

Statement::~Statement() {
    if (m_statement == nullptr) return;
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
}

Statement& Statement::bindInteger(std::int64_t value) {
    if (m_error == SQLITE_OK) m_error = sqlite3_bind_int64(m_statement, ++m_bound, value);
    return *this;
}

Statement& Statement::bindText(std::string_view value) {
    // A null pointer would be bound as NULL: an empty text is a text.
    if (m_error == SQLITE_OK)
        m_error = sqlite3_bind_text64(m_statement, ++m_bound, value.empty() ? "" : value.data(), value.size(), nullptr, SQLITE_UTF8);
    return *this;
}

Statement& Statement::blob(std::string_view value) {
    if (m_error == SQLITE_OK)
        m_error = sqlite3_bind_blob64(m_statement, ++m_bound, value.empty() ? "" : value.data(), value.size(), nullptr);
    return *this;
}

Result<bool> Statement::step() {
    if (m_error != SQLITE_OK) return m_database.failure(m_error, "use");
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return m_database.failure(code, "use");
}

Status Statement::run() {
    const Result<bool> done = step();
    if (!done) return fail(done.error());
    return {};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(m_statement, column); }

std::string_view Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(m_statement, column);
    const int size = sqlite3_column_bytes(m_statement, column);
    return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Database::~Database() {
    for (const auto& [sql, statement] : m_statements) sqlite3_finalize(statement);
    sqlite3_close_v2(m_handle);
}

Status Database::open(const std::string& path, const std::string& vfs, bool readOnly) {
    m_path = path;
    const int flags = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(path.c_str(), &m_handle, flags | SQLITE_OPEN_NOMUTEX, vfs.empty() ? nullptr : vfs.c_str());
    if (code != SQLITE_OK) return failure(code, "open");
    sqlite3_extended_result_codes(m_handle, 1);
    sqlite3_busy_timeout(m_handle, 5000);
    return {};
}

Status Database::execute(const char* sql) {
    const int code = sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failure(code, "use");
    return {};
}

Failure Database::failure(int code, const char* doing) const {
    const int cause = m_handle == nullptr ? 0 : sqlite3_system_errno(m_handle);
    ErrorCode kind = ErrorCode::Io;
    switch (code & 0xFF) {
    case SQLITE_FULL:
        kind = ErrorCode::DiskFull;
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        kind = ErrorCode::Corrupt;
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        kind = ErrorCode::Busy;
        break;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
        kind = ErrorCode::PermissionDenied;
        break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        if (cause == ENOSPC || cause == EDQUOT) kind = ErrorCode::DiskFull;
        if (cause == EACCES || cause == EPERM) kind = ErrorCode::PermissionDenied;
        if (cause == ENOENT && (code & 0xFF) == SQLITE_CANTOPEN) kind = ErrorCode::NotFound;
        break;
    case SQLITE_MISUSE:
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
        kind = ErrorCode::Internal;
        break;
    default:
        break;
    }
    std::string text = std::string("cannot ") + doing + " the store " + m_path + ": " + sqlite3_errstr(code);
    if (kind == ErrorCode::Internal && m_handle != nullptr) text += std::string(" (") + sqlite3_errmsg(m_handle) + ")";
    else if (cause != 0 && kind != ErrorCode::Corrupt && kind != ErrorCode::Busy) text += std::string(" (") + std::strerror(cause) + ")";
    return fail(kind, std::move(text));
}

std::int64_t Database::changes() const { return sqlite3_changes64(m_handle); }

Status Transaction::begin() {
    SG_TRY(m_database.execute("BEGIN IMMEDIATE"));
    m_open = true;
    return {};
}

Status Transaction::commit() {
    SG_TRY(m_database.execute("COMMIT"));
    m_open = false;
    return {};
}

Transaction::~Transaction() {
    // SQLite may have rolled back by itself (disk full, I/O error): then this says so, and nothing is left to do.
    if (m_open) static_cast<void>(m_database.execute("ROLLBACK"));
}

} // namespace sg
