foreach(name address_range alias_table generator line_writer log_file malform pacer schedule visitor_model uniform_model)
    sg_test(${name} LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_${name}.cpp LINKS sg_generate)
endforeach()
sg_test(duration LABEL unit SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_duration.cpp LINKS sg_base)
sg_test(generate_command LABEL unit
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_generate_command.cpp ${PROJECT_SOURCE_DIR}/app/generate_command.cpp
    LINKS sg_generate)
