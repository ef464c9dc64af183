# Twins of the disk and the clock; used by its name in LINKS, so the order of the areas does not matter.
add_library(sg_test_support STATIC ${PROJECT_SOURCE_DIR}/tests/support/memory_file_system.cpp)
target_include_directories(sg_test_support PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(sg_test_support PUBLIC sg_base PRIVATE sg_warnings)
