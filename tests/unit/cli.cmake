sg_test(cli LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_cli.cpp)
target_compile_definitions(tst_cli PRIVATE SG_CLI="$<TARGET_FILE:streamgauge-cli>")
add_dependencies(tst_cli streamgauge-cli)
