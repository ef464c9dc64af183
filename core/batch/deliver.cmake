set(SG_DELIVER_SOURCES ${CMAKE_CURRENT_LIST_DIR}/deliverer.cpp ${CMAKE_CURRENT_LIST_DIR}/document_reader.cpp
    ${CMAKE_CURRENT_LIST_DIR}/letter_lane.cpp)
