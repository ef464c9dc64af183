sg_test(web_servers LABEL integration TIMEOUT 120 SOURCES ${PROJECT_SOURCE_DIR}/tests/integration/tst_web_servers.cpp
    LINKS sg_format Qt6::Network)
target_compile_definitions(tst_web_servers PRIVATE SG_NGINX_SCRIPT="${PROJECT_SOURCE_DIR}/tests/servers/nginx.sh")
