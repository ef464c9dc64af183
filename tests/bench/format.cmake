# `bench_format [FORMAT FILE]`: lines/s of parsing beside a loop that only finds the newlines.
add_executable(bench_format EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/bench_format.cpp)
target_include_directories(bench_format PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_format PRIVATE sg_warnings sg_format)
