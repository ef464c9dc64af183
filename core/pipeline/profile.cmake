# The profile needs neither Qt nor the pipeline: a library of its own, so that tests and small tools link little.
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
# The scenarios that come with the program stand in it as text; one changed is compiled in anew.
set(SG_SCENARIO_FILES calm_day product_launch slow_backend attack outage) # in the order in which they are offered
set(SG_SCENARIO_ROWS "")
foreach(name IN LISTS SG_SCENARIO_FILES)
    set(file ${PROJECT_SOURCE_DIR}/resources/scenarios/${name}.toml)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(APPEND SG_SCENARIO_ROWS "    {\"${name}\", R\"toml(${text})toml\"},\n")
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/built_in_scenarios.h.in ${PROJECT_BINARY_DIR}/generated/core/pipeline/built_in_scenarios.h @ONLY)
sg_library(profile
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/profile.cpp ${CMAKE_CURRENT_LIST_DIR}/profile_text.cpp ${CMAKE_CURRENT_LIST_DIR}/scenario.cpp
    LINKS sg_contract sg_format)
target_include_directories(sg_profile PRIVATE ${PROJECT_BINARY_DIR}/generated)
target_link_libraries(sg_profile PRIVATE PkgConfig::TOMLPLUSPLUS)
