# The dashboards stand in the programs as text; a bundle changed is compiled in anew.
set(SG_KIBANA_FOLDER ${PROJECT_SOURCE_DIR}/resources/kibana)
file(READ ${SG_KIBANA_FOLDER}/streamgauge-7.17-8.8.ndjson SG_BUNDLE_BEFORE_89)
file(READ ${SG_KIBANA_FOLDER}/streamgauge-8.9-9.ndjson SG_BUNDLE_FROM_89)
file(STRINGS ${SG_KIBANA_FOLDER}/dashboards.toml SG_DASHBOARDS_VERSION REGEX "^version = [0-9]+$")
string(REPLACE "version = " "" SG_DASHBOARDS_VERSION "${SG_DASHBOARDS_VERSION}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${SG_KIBANA_FOLDER}/streamgauge-7.17-8.8.ndjson
    ${SG_KIBANA_FOLDER}/streamgauge-8.9-9.ndjson ${SG_KIBANA_FOLDER}/dashboards.toml)
configure_file(${CMAKE_CURRENT_LIST_DIR}/kibana_bundles.h.in ${PROJECT_BINARY_DIR}/generated/core/pipeline/kibana_bundles.h @ONLY)
