foreach(area csv w3c)
    sg_test(format_${area} LABEL unit
        SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_${area}.cpp ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp
        LINKS sg_format)
endforeach()
