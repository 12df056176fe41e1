# SPDX-License-Identifier: MIT
# The example of the guard must compile as it is. A copy in which one value of the table is changed must not compile,
# and the compiler must say by how much it fails, and in which row.
set(ENV{LC_ALL} C)
separate_arguments(includes UNIX_COMMAND "${INCLUDES}")
file(READ ${EXAMPLE}/job_table.hpp table)

# Compiles a copy of the example in which `from` is replaced by `to`. Sets `code` to the compiler's exit status and
# `text` to its messages.
function(compile_changed name from to)
    string(FIND "${table}" "${from}" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "${name}: the table no longer says '${from}'")
    endif()
    string(REPLACE "${from}" "${to}" changed "${table}")
    file(MAKE_DIRECTORY ${WORK}/${name})
    file(COPY ${EXAMPLE}/main.cpp ${EXAMPLE}/guard.hpp DESTINATION ${WORK}/${name})
    file(WRITE ${WORK}/${name}/job_table.hpp "${changed}")
    execute_process(COMMAND ${CXX} -std=c++20 -fsyntax-only ${includes} ${WORK}/${name}/main.cpp RESULT_VARIABLE code ERROR_VARIABLE text)
    set(code ${code} PARENT_SCOPE)
    set(text "${text}" PARENT_SCOPE)
endfunction()

# Checks that the change does not compile, and that the message has two numbers that match these patterns, the
# comparison between them, and the row.
function(must_fail name row left comparison right from to)
    compile_changed(${name} "${from}" "${to}")
    if(code EQUAL 0)
        message(FATAL_ERROR "${name}: compiles, and must not")
    endif()
    if(CXX_ID STREQUAL "GNU")
        set(numbers "the comparison reduces to .\\(${left} ${comparison} ${right}\\)")
    else()
        set(numbers "requirement '${left}L ${comparison} ${right}L'")
    endif()
    foreach(pattern "${numbers}" "row_check<[^>]*nightly[^>]*, ${row}")
        if(NOT text MATCHES "${pattern}")
            message(FATAL_ERROR "${name}: expected: ${pattern}\nfound:\n${text}")
        endif()
    endforeach()
    string(REGEX MATCH "[^\n]*${numbers}[^\n]*" line "${text}")
    message(STATUS "${name}: ${line}")
endfunction()

compile_changed(unchanged "micro_batch" "micro_batch")
if(NOT code EQUAL 0)
    message(FATAL_ERROR "the example does not compile:\n${text}")
endif()

set(MiB "[0-9][0-9][0-9][0-9][0-9]+")
must_fail(larger_batch 0 ${MiB} <= 81089 ".micro_batch = 2," ".micro_batch = 12,")
must_fail(larger_model 2 ${MiB} <= 24207 "models::gpt2," "models::gpt2_xl,")
must_fail(smaller_card 1 ${MiB} <= 2[0-9]+ "cards::l40s," "cards::l4,")
must_fail(slower_card 2 "[0-9]+" <= 120 "cards::rtx_4090," "cards::l4,")
must_fail(less_used 0 "[0-9]+" >= 36 "min_utilization_percent = 30" "min_utilization_percent = 36")
