# Minutes each, so of label bench: ./test.sh bench
if(TARGET streamgauge-cli)
    sg_test(memory LABEL bench TIMEOUT 1500 SOURCES ${PROJECT_SOURCE_DIR}/tests/bench/tst_memory.cpp)
    target_compile_definitions(tst_memory PRIVATE SG_CLI="$<TARGET_FILE:streamgauge-cli>")
    add_dependencies(tst_memory streamgauge-cli)
    set_tests_properties(memory PROPERTIES RUN_SERIAL ON)
endif()
