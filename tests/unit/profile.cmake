sg_test(profile LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_profile.cpp LINKS sg_profile)
sg_test(line_times LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_line_times.cpp LINKS sg_pipeline)
sg_test(scenario LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_scenario.cpp LINKS sg_profile)
