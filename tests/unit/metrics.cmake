sg_test(metrics LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_metrics.cpp LINKS sg_pipeline Qt6::Network)
