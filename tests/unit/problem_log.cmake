find_package(spdlog REQUIRED)
sg_test(problem_log LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_problem_log.cpp LINKS sg_contract spdlog::spdlog)
