if(SG_WINDOW)
    sg_test(tables LABEL ui SOURCES ${PROJECT_SOURCE_DIR}/tests/ui/tst_tables.cpp LINKS sg_ui_models Qt6::Widgets)
    set_tests_properties(tables PROPERTIES ENVIRONMENT QT_QPA_PLATFORM=offscreen)
endif()
