# SPDX-License-Identifier: MIT
# Compiles SNIPPET twice: as it is it must compile, and with CARDFIT_FAIL it must fail with every message that it
# expects.
separate_arguments(includes UNIX_COMMAND "${INCLUDES}")
set(compile ${CXX} -std=c++20 -fsyntax-only ${includes})

execute_process(COMMAND ${compile} ${SNIPPET} RESULT_VARIABLE code ERROR_VARIABLE text)
if(NOT code EQUAL 0)
    message(FATAL_ERROR "the correct twin does not compile:\n${text}")
endif()

set(ENV{LC_ALL} C)
execute_process(COMMAND ${compile} -DCARDFIT_FAIL ${SNIPPET} RESULT_VARIABLE code ERROR_VARIABLE text)
if(code EQUAL 0)
    message(FATAL_ERROR "compiles, and must not")
endif()
if(CXX_ID STREQUAL "GNU")
    set(name "g\\+\\+")
else()
    set(name "clang")
endif()
file(STRINGS ${SNIPPET} expectations REGEX "^// expect ${name}: ")
list(LENGTH expectations count)
if(count EQUAL 0)
    message(FATAL_ERROR "expects no text of ${CXX_ID}")
endif()
foreach(line IN LISTS expectations)
    string(REGEX REPLACE "^// expect ${name}: " "" pattern "${line}")
    # CMake's regular expressions have no {n}, so the only one in use is spelled out.
    string(REPLACE "{4}" "[0-9][0-9][0-9]" pattern "${pattern}")
    # clang 15 changed the wording of this message.
    string(REPLACE "static_assert failed" "static.assert(ion)? failed" pattern "${pattern}")
    if(NOT text MATCHES "${pattern}")
        message(FATAL_ERROR "expected: ${pattern}\nfound:\n${text}")
    endif()
endforeach()
