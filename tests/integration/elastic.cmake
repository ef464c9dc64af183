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
    # One program, run once for each server that is supported.
    sg_test(servers LABEL integration TIMEOUT 400 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_servers.cpp
        LINKS sg_pipeline sg_test_servers)
    target_compile_definitions(tst_servers PRIVATE SG_CLI="$<TARGET_FILE:streamgauge-cli>" SG_PANELS="${CMAKE_CURRENT_BINARY_DIR}/tst_kibana_panels")
    add_dependencies(tst_servers streamgauge-cli)
    set_tests_properties(servers PROPERTIES RUN_SERIAL ON ENVIRONMENT "SG_SERVER=elasticsearch 7.17.29 secure")
    foreach(server "elasticsearch 8.19.8 secure" "elasticsearch 9.2.0" "opensearch")
        string(REPLACE " " "_" name "servers_${server}")
        add_test(NAME ${name} COMMAND tst_servers)
        set_tests_properties(${name} PROPERTIES LABELS integration TIMEOUT 400 RUN_SERIAL ON ENVIRONMENT "SG_SERVER=${server}")
    endforeach()
endif()
