include_guard()
include(${PROJECT_SOURCE_DIR}/tests/servers/servers.cmake)
sg_test(elasticsearch LABEL integration TIMEOUT 400 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_elasticsearch.cpp
    LINKS sg_pipeline sg_test_servers)
set_tests_properties(elasticsearch PROPERTIES RUN_SERIAL ON)
