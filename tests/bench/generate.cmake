add_executable(bench_generate EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/bench_generate.cpp)
target_link_libraries(bench_generate PRIVATE sg_generate sg_warnings)
