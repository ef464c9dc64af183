# Preset `fuzz`: Clang with its sanitizers. The seeds are the golden lines; `./test.sh fuzz` runs it.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_executable(fuzz_format EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_format.cpp
        ${PROJECT_SOURCE_DIR}/tests/support/format_check.cpp ${PROJECT_SOURCE_DIR}/tests/support/document_check.cpp)
    target_include_directories(fuzz_format PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(fuzz_format PRIVATE sg_format sg_enrich sg_elastic simdjson::simdjson)
    target_link_options(fuzz_format PRIVATE -fsanitize=fuzzer)
endif()
