find_package(ZLIB REQUIRED)
sg_test(splitter LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_splitter.cpp LINKS sg_split ZLIB::ZLIB TIMEOUT 180)
