# What it installs is built by installer/package.sh with the flags of ci, so that ccache has all but the files with fault points.
if(SG_FAULT_POINTS AND SG_WINDOW AND NOT SG_SANITIZE)
    sg_test(package LABEL integration TIMEOUT 1200 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_package.cpp LINKS)
endif()
