find_package(simdjson REQUIRED)
sg_test(json_text LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_json_text.cpp LINKS sg_record simdjson::simdjson)
sg_test(encode LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_encode.cpp LINKS sg_elastic sg_enrich simdjson::simdjson)
sg_test(parse_command LABEL unit
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_parse_command.cpp ${PROJECT_SOURCE_DIR}/app/parse_command.cpp
    LINKS sg_batch sg_format sg_enrich sg_elastic sg_profile)
