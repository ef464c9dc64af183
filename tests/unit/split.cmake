sg_test(memory_file_system LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_memory_file_system.cpp LINKS sg_test_support)
sg_test(split_rules LABEL unit TIMEOUT 120 SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_split_rules.cpp LINKS sg_split sg_test_support)
sg_test(cutter LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_cutter.cpp LINKS sg_split)
