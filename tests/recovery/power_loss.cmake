sg_test(power_loss LABEL recovery TIMEOUT 600 SOURCES ${PROJECT_SOURCE_DIR}/tests/recovery/tst_power_loss.cpp
    LINKS sg_retry sg_split sg_batch sg_test_support sg_test_vfs)
