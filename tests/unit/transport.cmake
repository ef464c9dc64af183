sg_test(qt_transport LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_qt_transport.cpp LINKS sg_pipeline Qt6::Network)
