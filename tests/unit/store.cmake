sg_test(store LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_store.cpp LINKS sg_store)
sg_test(store_codec LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_store_codec.cpp LINKS sg_store)
