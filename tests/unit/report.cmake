sg_test(report LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_report.cpp ${PROJECT_SOURCE_DIR}/app/report.cpp
    LINKS sg_store sg_chunks sg_elastic)
