sg_test(data_directory LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_data_directory.cpp LINKS sg_chunks)
