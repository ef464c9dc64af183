find_package(SQLite3 REQUIRED)
add_library(sg_test_vfs STATIC ${PROJECT_SOURCE_DIR}/tests/support/power_loss_vfs.cpp)
target_include_directories(sg_test_vfs PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(sg_test_vfs PUBLIC SQLite::SQLite3 PRIVATE sg_warnings)
