include_guard(GLOBAL)
# Real servers for the tests.
find_package(Qt6 REQUIRED COMPONENTS Core Network Test)
add_library(sg_test_servers STATIC ${CMAKE_CURRENT_LIST_DIR}/elasticsearch_server.cpp ${CMAKE_CURRENT_LIST_DIR}/tls_front.cpp)
target_include_directories(sg_test_servers PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(sg_test_servers PRIVATE SG_SERVER_SCRIPTS="${CMAKE_CURRENT_LIST_DIR}")
target_link_libraries(sg_test_servers PUBLIC Qt6::Core Qt6::Network Qt6::Test PRIVATE sg_warnings)
