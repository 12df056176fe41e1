# SPDX-License-Identifier: MIT
# Builds and runs the consumer in WORK: against the package installed from BUILD if that is given, and otherwise with
# SOURCE as a subdirectory.
file(REMOVE_RECURSE ${WORK})
set(options -DCMAKE_CXX_COMPILER=${CXX})
if(BUILD)
    execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    list(APPEND options -DCMAKE_PREFIX_PATH=${WORK}/prefix)
else()
    list(APPEND options -DCARDFIT_SOURCE=${SOURCE})
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE}/tests/package -B ${WORK}/build ${options} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK}/build/consumer COMMAND_ERROR_IS_FATAL ANY)
