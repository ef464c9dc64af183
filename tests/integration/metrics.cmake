include(${PROJECT_SOURCE_DIR}/tests/servers/servers.cmake)
if(TARGET streamgauge-cli)
    sg_test(prometheus LABEL integration TIMEOUT 400 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_prometheus.cpp
        LINKS sg_test_servers Qt6::Network)
    target_compile_definitions(tst_prometheus PRIVATE SG_CLI="$<TARGET_FILE:streamgauge-cli>")
    add_dependencies(tst_prometheus streamgauge-cli)
    set_tests_properties(prometheus PROPERTIES RUN_SERIAL ON)
endif()
