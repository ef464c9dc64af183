sg_test(profile LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_profile.cpp LINKS sg_profile)
