if(SG_WINDOW)
    sg_test(window_models LABEL ui SOURCES ${PROJECT_SOURCE_DIR}/tests/ui/tst_window_models.cpp LINKS sg_ui_models Qt6::Widgets TIMEOUT 120)
    sg_test(window_shell LABEL ui SOURCES ${PROJECT_SOURCE_DIR}/tests/ui/tst_window_shell.cpp LINKS sg_ui_shell Qt6::Widgets TIMEOUT 120)
endif()
