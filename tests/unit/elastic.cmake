sg_test(bulk LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_bulk.cpp LINKS sg_elastic)
sg_test(decide LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_decide.cpp LINKS sg_elastic)
sg_test(identify LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_identify.cpp LINKS sg_elastic)
sg_test(deliverer LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_deliverer.cpp LINKS sg_batch)
