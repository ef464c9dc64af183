sg_test(store_power_loss LABEL recovery SOURCES ${PROJECT_SOURCE_DIR}/tests/recovery/tst_store_power_loss.cpp LINKS sg_store sg_test_vfs TIMEOUT 300)
