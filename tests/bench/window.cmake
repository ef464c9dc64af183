if(SG_WINDOW)
    # `bench_window charts|window [SECONDS]`, `bench_window start PROGRAM [ROUNDS]`: on a display, see README.md.
    add_executable(bench_window EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/bench_window.cpp)
    target_include_directories(bench_window PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(bench_window PRIVATE sg_warnings sg_ui_shell Qt6::Widgets)
endif()
