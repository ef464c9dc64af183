sg_test(qt_transport LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_qt_transport.cpp LINKS sg_pipeline Qt6::Network)
sg_test(new_run LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_new_run.cpp LINKS sg_run_directory sg_test_support)
sg_test(setup_contract LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_setup_contract.cpp LINKS sg_pipeline Qt6::Network)
