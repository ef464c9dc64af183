include_guard()
include(${PROJECT_SOURCE_DIR}/tests/servers/servers.cmake)
sg_test(elasticsearch LABEL integration TIMEOUT 400 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_elasticsearch.cpp
    LINKS sg_pipeline sg_test_servers)
set_tests_properties(elasticsearch PROPERTIES RUN_SERIAL ON)
if(TARGET streamgauge-cli)
    sg_test(elasticsearch_tls LABEL integration TIMEOUT 400 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_elasticsearch_tls.cpp
        LINKS sg_pipeline sg_test_servers)
    target_compile_definitions(tst_elasticsearch_tls PRIVATE SG_CLI="$<TARGET_FILE:streamgauge-cli>")
    add_dependencies(tst_elasticsearch_tls streamgauge-cli)
    set_tests_properties(elasticsearch_tls PROPERTIES RUN_SERIAL ON)
endif()
