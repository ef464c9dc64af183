sg_test(file_system LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_file_system.cpp LINKS sg_test_support)
