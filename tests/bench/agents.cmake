# `bench_agents [MILLIONS]`: distinct user agents a second, and the memory that they leave behind.
add_executable(bench_agents EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/bench_agents.cpp)
target_include_directories(bench_agents PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_agents PRIVATE sg_warnings sg_enrich)
