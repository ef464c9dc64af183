add_executable(bench_delivery EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/bench_delivery.cpp)
target_include_directories(bench_delivery PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_delivery PRIVATE sg_warnings sg_pipeline sg_test_servers)
