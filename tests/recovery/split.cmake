sg_test(split_rotation LABEL recovery TIMEOUT 300 SOURCES ${PROJECT_SOURCE_DIR}/tests/recovery/tst_split_rotation.cpp LINKS sg_split sg_test_support)
sg_test(split_power_loss LABEL recovery TIMEOUT 600 SOURCES ${PROJECT_SOURCE_DIR}/tests/recovery/tst_split_power_loss.cpp LINKS sg_split sg_test_support)
