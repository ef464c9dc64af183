sg_test(bytes LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_bytes.cpp LINKS sg_aggregate)
sg_test(sketches LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_sketches.cpp LINKS sg_aggregate)
sg_test(aggregate LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_aggregate.cpp LINKS sg_aggregate)
