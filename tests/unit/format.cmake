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
