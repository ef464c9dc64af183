sg_test(header_scan LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_header_scan.cpp LINKS sg_batch)
sg_test(engine LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_engine.cpp LINKS sg_batch)
sg_test(window_view LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_window_view.cpp LINKS sg_batch)
