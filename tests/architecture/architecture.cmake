sg_test(architecture LABEL architecture SOURCES ${PROJECT_SOURCE_DIR}/tests/architecture/tst_architecture.cpp)
