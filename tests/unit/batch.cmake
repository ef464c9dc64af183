sg_test(engine LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_engine.cpp LINKS sg_batch)
