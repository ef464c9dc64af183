add_executable(bench_aggregate EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/bench_aggregate.cpp)
target_link_libraries(bench_aggregate PRIVATE sg_aggregate sg_warnings)
