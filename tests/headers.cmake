# SPDX-License-Identifier: MIT
# The target header_tests checks that every header compiles by itself.
#
# Most of a header's compile time goes into the headers that it includes. So a few of those, the foundations, are
# precompiled. A header is compiled after the foundations that it includes, directly or through others, and after no
# others. That hides no missing #include: only those #includes count that stand above all that a header declares, so
# the foundations come before its declarations anyway. Each header in between is compiled by itself in the same way.
set(foundations nlohmann/json.hpp cardfit/units.hpp cardfit/job/training.hpp cardfit/estimate/training/check_job.hpp cardfit/estimate/inference/check_job.hpp
    cardfit/io/huggingface/model.hpp cardfit/io/job_file.hpp)

if(NOT CURL_FOUND)
    list(FILTER core_headers EXCLUDE REGEX "io/hub\\.hpp$")
endif()
if(NOT yaml-cpp_FOUND)
    list(FILTER core_headers EXCLUDE REGEX "io/import/read_yaml\\.hpp$")
endif()
if(NOT TOMLPLUSPLUS_INCLUDE_DIR)
    list(FILTER core_headers EXCLUDE REGEX "io/import/read_toml\\.hpp$")
endif()

set(names)
foreach(header IN LISTS core_headers)
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/include ${header})
    list(APPEND names ${name})
    file(STRINGS ${header} lines REGEX "^#[ ]*include <|^namespace ")
    foreach(line IN LISTS lines)
        if(NOT line MATCHES "<([^>]+)>")
            break()
        endif()
        list(APPEND includers_of_${CMAKE_MATCH_1} ${name})
    endforeach()
    set(group_${name} "")
endforeach()

# Each foundation joins the groups of the headers that include it, and of those that include these.
foreach(foundation IN LISTS foundations)
    set(includers ${includers_of_${foundation}})
    while(includers)
        list(POP_FRONT includers name)
        if(NOT foundation IN_LIST group_${name})
            list(APPEND group_${name} ${foundation})
            list(APPEND includers ${includers_of_${name}})
        endif()
    endwhile()
endforeach()

# The headers that include the same foundations are compiled in one library, with those precompiled.
add_custom_target(header_tests ALL)
set(groups)
foreach(name IN LISTS names)
    string(MAKE_C_IDENTIFIER ${name} identifier)
    # A list of lists needs another separator than CMake's.
    string(REPLACE ";" " " foundations_of_it " ${group_${name}}")
    if(NOT foundations_of_it IN_LIST groups)
        list(APPEND groups "${foundations_of_it}")
    endif()
    list(FIND groups "${foundations_of_it}" index)
    set(library header_tests_${index})
    if(NOT TARGET ${library})
        add_library(${library} OBJECT)
        target_link_libraries(${library} PRIVATE cardfit_strict cardfit_io)
        target_compile_options(${library} PRIVATE ${strict_warnings})
        list(TRANSFORM group_${name} REPLACE "(.+)" "<\\1>" OUTPUT_VARIABLE precompiled)
        target_precompile_headers(${library} PRIVATE ${precompiled})
        add_dependencies(header_tests ${library})
    endif()
    set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${identifier}.cpp)
    file(GENERATE OUTPUT ${source} CONTENT "#include <${name}>\n#include <${name}>\n")
    target_sources(${library} PRIVATE ${source})
endforeach()
