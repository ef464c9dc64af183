include(${PROJECT_SOURCE_DIR}/tests/servers/servers.cmake)
find_package(yaml-cpp REQUIRED)
sg_test(compose_file LABEL integration TIMEOUT 120 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_compose_file.cpp
    LINKS sg_elastic yaml-cpp)
sg_test(compose_setup LABEL integration TIMEOUT 400 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_compose_setup.cpp
    LINKS sg_elastic sg_test_servers yaml-cpp Qt6::Network)
target_compile_definitions(tst_compose_setup PRIVATE SG_SERVER_SCRIPT="${PROJECT_SOURCE_DIR}/tests/servers/elasticsearch.sh")
set_tests_properties(compose_setup PROPERTIES RUN_SERIAL ON)
