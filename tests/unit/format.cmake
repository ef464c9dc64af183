sg_test(format LABEL unit TIMEOUT 300
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_format.cpp ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp
    LINKS sg_format)
sg_test(format_json LABEL unit
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_json.cpp ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp
    LINKS sg_format)
sg_test(scanner LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_scanner.cpp LINKS sg_format)
sg_test(time_parser LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_time_parser.cpp LINKS sg_format)
sg_test(request_line LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_request_line.cpp LINKS sg_format)
sg_test(format_string LABEL unit
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_format_string.cpp ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp
    LINKS sg_format)
sg_test(trial LABEL unit
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_trial.cpp ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp
    LINKS sg_format)
sg_test(format_documents LABEL unit TIMEOUT 300
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_format_documents.cpp ${PROJECT_SOURCE_DIR}/tests/support/document_check.cpp
        ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp
    LINKS sg_format sg_enrich sg_elastic simdjson::simdjson)
# The table of core/format/README.md is made from the registry: `cmake --build build/ci --target format_readme` writes it, the test holds it.
sg_test(format_table LABEL unit
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_format_table.cpp ${PROJECT_SOURCE_DIR}/tests/support/format_table.cpp
        ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp
    LINKS sg_format)
add_executable(format_table EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/support/format_table_main.cpp
    ${PROJECT_SOURCE_DIR}/tests/support/format_table.cpp ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp)
target_include_directories(format_table PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(format_table PRIVATE sg_warnings sg_format)
add_custom_target(format_readme COMMAND format_table ${PROJECT_SOURCE_DIR}/core/format/README.md VERBATIM)
