sg_test(ledger LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_ledger.cpp LINKS sg_contract)
