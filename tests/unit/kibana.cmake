include_guard()
add_library(sg_test_kibana STATIC ${PROJECT_SOURCE_DIR}/tests/support/kibana_bundle.cpp)
target_include_directories(sg_test_kibana PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(sg_test_kibana PUBLIC Qt6::Core PRIVATE sg_warnings)
sg_test(kibana_bundles LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_kibana_bundles.cpp LINKS sg_elastic sg_test_kibana)
sg_test(kibana_contract LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_kibana_contract.cpp
    LINKS sg_pipeline sg_test_kibana Qt6::Network)
target_compile_definitions(tst_kibana_contract PRIVATE SG_CLI="$<TARGET_FILE:streamgauge-cli>")
add_dependencies(tst_kibana_contract streamgauge-cli)
