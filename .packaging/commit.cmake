# SPDX-License-Identifier: MIT
# Tells the tool, and what else answers its commands, the commit that they are built from, if this is a checkout. CMake
# configures again after a commit.
add_library(cardfit_commit OBJECT examples/cardfit/commit.cpp)
set_target_properties(cardfit_commit PROPERTIES POSITION_INDEPENDENT_CODE ON)
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
    execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --short=12 HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        OUTPUT_VARIABLE cardfit_commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --git-path logs/HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        OUTPUT_VARIABLE cardfit_head_log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    cmake_path(ABSOLUTE_PATH cardfit_head_log BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
    if(cardfit_commit AND EXISTS ${cardfit_head_log})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${cardfit_head_log})
    endif()
    if(cardfit_commit)
        target_compile_definitions(cardfit_commit PRIVATE CARDFIT_COMMIT="${cardfit_commit}")
    endif()
endif()
