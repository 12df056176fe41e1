# SPDX-License-Identifier: MIT
# Adds an enumerator `forgotten` to one enumeration in a copy of the headers, and nothing else. The compiler must refuse
# the header with the rows of that enumeration, and name the enumerator. Without the enumerator, it must accept the
# header.
#
# -DCXX= compiler, -DINCLUDES= further include flags, -DSOURCE= the repository, -DWORK= a scratch folder, -DENUMERATION=
# its name, -DDECLARED= the header that declares it, -DROWS= the header with its rows.
file(REMOVE_RECURSE ${WORK})
file(COPY ${SOURCE}/include DESTINATION ${WORK})
file(WRITE ${WORK}/rows.cpp "#include <cardfit/${ROWS}>\n")
separate_arguments(includes UNIX_COMMAND "${INCLUDES}")
list(REMOVE_ITEM includes -I${SOURCE}/include)
set(compile ${CXX} -std=c++20 -fsyntax-only -I${WORK}/include ${includes} ${WORK}/rows.cpp)

execute_process(COMMAND ${compile} RESULT_VARIABLE failed ERROR_VARIABLE text)
if(failed)
    message(FATAL_ERROR "cardfit/${ROWS} does not compile as it is:\n${text}")
endif()

set(header ${WORK}/include/cardfit/${DECLARED})
file(READ ${header} declared)
string(FIND "${declared}" "enum class ${ENUMERATION} : unsigned char {" begin)
if(begin EQUAL -1)
    message(FATAL_ERROR "cardfit/${DECLARED} declares no enumeration ${ENUMERATION}")
endif()
string(SUBSTRING "${declared}" 0 ${begin} before)
string(SUBSTRING "${declared}" ${begin} -1 enumeration)
string(FIND "${enumeration}" "}" end)
string(SUBSTRING "${enumeration}" ${end} -1 after)
string(SUBSTRING "${enumeration}" 0 ${end} enumeration)
string(REGEX REPLACE "[, \n]+$" "" enumeration "${enumeration}")
file(WRITE ${header} "${before}${enumeration}, forgotten\n${after}")

execute_process(COMMAND ${compile} RESULT_VARIABLE failed ERROR_VARIABLE text)
if(NOT failed)
    message(FATAL_ERROR "an enumerator of ${ENUMERATION} without a row compiles")
endif()
if(NOT text MATCHES "${ENUMERATION}::forgotten")
    message(FATAL_ERROR "the compiler does not name ${ENUMERATION}::forgotten:\n${text}")
endif()
message(STATUS "refused by name: ${ENUMERATION}::forgotten")
