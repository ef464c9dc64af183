sg_test(clock LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_clock.cpp LINKS sg_base)
