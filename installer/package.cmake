# What is installed beside the programs, and CPack: .deb, .tar.gz and a self-extracting .sh. `installer/package.sh` makes them.
include(GNUInstallDirs)
set(SG_INSTALLER ${PROJECT_SOURCE_DIR}/installer)
set(SG_DOC ${CMAKE_INSTALL_DATADIR}/doc/streamgauge)
# There is no mailbox, and the address says so: nothing is ever delivered to a name below .invalid (RFC 2606).
set(SG_MAINTAINER "Streamgauge authors <authors@streamgauge.invalid>")

# The day of the sources: of their newest commit, or of their archive.
set(changed $ENV{SOURCE_DATE_EPOCH})
if(NOT changed)
    execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} log -1 --format=%ct OUTPUT_VARIABLE changed OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET)
    if(NOT changed MATCHES "^[0-9]+$")
        file(TIMESTAMP ${PROJECT_SOURCE_DIR}/CMakeLists.txt changed "%s" UTC)
    endif()
endif()
set(outside $ENV{SOURCE_DATE_EPOCH})
set(ENV{SOURCE_DATE_EPOCH} ${changed}) # string(TIMESTAMP) writes this time instead of now
string(TIMESTAMP SG_CHANGED "%a, %d %b %Y %H:%M:%S +0000" UTC)
string(TIMESTAMP SG_CHANGED_DAY "%Y-%m-%d" UTC)
set(ENV{SOURCE_DATE_EPOCH} ${outside})
configure_file(${SG_INSTALLER}/streamgauge.metainfo.xml ${PROJECT_BINARY_DIR}/installer/streamgauge.metainfo.xml @ONLY)
configure_file(${SG_INSTALLER}/changelog ${PROJECT_BINARY_DIR}/installer/changelog @ONLY)

# The manual is made of the programs' own help; packed without a time stamp, so that the same sources give the same file.
set(SG_PAGES "")
foreach(program streamgauge streamgauge-cli)
    set(page ${PROJECT_BINARY_DIR}/installer/${program}.1.gz)
    add_custom_command(OUTPUT ${page} DEPENDS ${program} ${SG_INSTALLER}/man_page.sh VERBATIM
        COMMAND bash -c "set -o pipefail; \"$0\" \"$1\" | gzip -9n > \"$2\"" ${SG_INSTALLER}/man_page.sh
            $<TARGET_FILE:${program}> ${page})
    list(APPEND SG_PAGES ${page})
endforeach()
set(log ${PROJECT_BINARY_DIR}/installer/changelog.gz)
add_custom_command(OUTPUT ${log} DEPENDS ${PROJECT_BINARY_DIR}/installer/changelog VERBATIM
    COMMAND bash -c "gzip -9nc \"$0\" > \"$1\"" ${PROJECT_BINARY_DIR}/installer/changelog ${log})
add_custom_target(documentation ALL DEPENDS ${SG_PAGES} ${log})

install(FILES ${SG_PAGES} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${log} ${SG_INSTALLER}/copyright ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${SG_DOC})
install(DIRECTORY ${SG_INSTALLER}/examples DESTINATION ${SG_DOC})
install(FILES ${SG_INSTALLER}/streamgauge.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES ${PROJECT_BINARY_DIR}/installer/streamgauge.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
install(FILES ${PROJECT_SOURCE_DIR}/resources/icons/streamgauge.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
install(FILES ${SG_INSTALLER}/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME streamgauge-cli)
install(FILES ${SG_INSTALLER}/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME streamgauge)
install(FILES ${SG_INSTALLER}/streamgauge.service DESTINATION lib/systemd/user)
install(FILES ${PROJECT_SOURCE_DIR}/resources/metrics/prometheus.yml ${PROJECT_SOURCE_DIR}/resources/metrics/alerts.yml
    ${PROJECT_SOURCE_DIR}/resources/metrics/grafana/streamgauge.json DESTINATION ${CMAKE_INSTALL_DATADIR}/streamgauge/metrics)

set(CPACK_GENERATOR DEB TGZ STGZ)
set(CPACK_PACKAGE_NAME streamgauge)
set(CPACK_PACKAGE_VENDOR Streamgauge)
set(CPACK_PACKAGE_CONTACT "${SG_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "real-time web traffic analytics, in a window and in the terminal")
set(CPACK_PACKAGE_DESCRIPTION
"Streamgauge follows the access logs of web servers, or makes a realistic one,
processes them in micro-batches, shows what is happening now, and delivers
every event to Elasticsearch. Every line is accounted for, live and on disk.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Found at run time, so that no program names them: the user agents' rules, and what Qt opens for https.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "uap-core, libssl3, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "fonts-inter, libsecret-1-0, qt6-wayland")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, xdg-utils")
include(CPack)
