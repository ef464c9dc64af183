include(${PROJECT_SOURCE_DIR}/tests/servers/servers.cmake)
include(${PROJECT_SOURCE_DIR}/tests/unit/kibana.cmake)
# On 7.17.29; tst_servers runs it on the others, each started once.
if(TARGET streamgauge-cli)
    sg_test(kibana_panels LABEL integration TIMEOUT 400 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_kibana_panels.cpp
        LINKS sg_test_servers sg_test_kibana Qt6::Network)
    target_compile_definitions(tst_kibana_panels PRIVATE SG_CLI="$<TARGET_FILE:streamgauge-cli>")
    add_dependencies(tst_kibana_panels streamgauge-cli)
    set_tests_properties(kibana_panels PROPERTIES RUN_SERIAL ON)
    add_dependencies(tst_servers tst_kibana_panels) # elastic.cmake comes before
endif()
