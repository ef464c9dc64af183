# the command line is a program, not a library: its parts are compiled into their tests
sg_test(terminal_view LABEL unit
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_terminal_view.cpp ${PROJECT_SOURCE_DIR}/app/terminal_view.cpp
    LINKS sg_contract)
sg_test(arguments LABEL unit
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/tst_arguments.cpp ${PROJECT_SOURCE_DIR}/app/arguments.cpp
    LINKS sg_profile sg_format sg_elastic sg_pipeline)
