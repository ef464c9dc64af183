# The profile needs neither Qt nor the pipeline: a library of its own, so that tests and small tools link little.
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
sg_library(profile SOURCES ${CMAKE_CURRENT_LIST_DIR}/profile.cpp LINKS sg_contract)
target_link_libraries(sg_profile PRIVATE PkgConfig::TOMLPLUSPLUS)
