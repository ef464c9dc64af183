add_library(sg_warnings INTERFACE)
target_compile_options(sg_warnings INTERFACE
    -Wall -Wextra -Wpedantic
    -Wshadow                # one name, one thing
    -Wconversion            # a count that silently shrinks is a wrong figure
    -Wno-sign-conversion    # but Qt and iterators mix signs harmlessly
    -Wold-style-cast        # casts that can be searched for
    -Wnon-virtual-dtor -Woverloaded-virtual
    -Wduplicated-cond -Wlogical-op
    $<$<CONFIG:Release>:-Wno-restrict> # at -O3 g++ 12 sees overlaps in std::string's operator+ that are none (GCC bug 105651)
    -Wno-maybe-uninitialized # g++ 12 sees one in many a std::optional; the sanitizers find the real ones
)
if(SG_WERROR)
    target_compile_options(sg_warnings INTERFACE -Werror)
endif()
if(SG_FAULT_POINTS)
    target_compile_definitions(sg_warnings INTERFACE SG_FAULT_POINTS)
endif()
if(SG_SANITIZE)
    target_compile_options(sg_warnings INTERFACE -fsanitize=${SG_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(sg_warnings INTERFACE -fsanitize=${SG_SANITIZE})
endif()
