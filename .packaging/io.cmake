# SPDX-License-Identifier: MIT
# Defines cardfit::io, which is the headers of cardfit/io/ with what they need: nlohmann-json always, libcurl for
# io/hub.hpp, yaml-cpp for io/import/read_yaml.hpp and toml++ for read_toml.hpp. Without nlohmann-json the target does
# not exist, and a project has the core alone.
find_package(nlohmann_json 3.11 QUIET)
if(NOT nlohmann_json_FOUND AND NOT TARGET nlohmann_json::nlohmann_json)
    message(STATUS "cardfit: no nlohmann-json, so there is no target cardfit::io")
    return()
endif()

# libcurl is the only need of io/hub.hpp, which asks the Hugging Face Hub for models.
add_library(cardfit_hub INTERFACE)
if(CARDFIT_WITH_HUB)
    find_package(CURL 7.85 QUIET)
    if(CURL_FOUND)
        target_link_libraries(cardfit_hub INTERFACE CURL::libcurl)
        target_compile_definitions(cardfit_hub INTERFACE CARDFIT_WITH_HUB)
    else()
        message(STATUS "cardfit: no libcurl, so the tool asks no Hub for models")
    endif()
endif()

# The settings files of other tools are YAML and TOML.
add_library(cardfit_documents INTERFACE)
find_package(yaml-cpp 0.7 QUIET)
if(yaml-cpp_FOUND)
    target_link_libraries(cardfit_documents INTERFACE $<IF:$<TARGET_EXISTS:yaml-cpp::yaml-cpp>,yaml-cpp::yaml-cpp,yaml-cpp>)
    target_compile_definitions(cardfit_documents INTERFACE CARDFIT_WITH_YAML)
else()
    message(STATUS "cardfit: no yaml-cpp, so the tool imports no YAML files")
endif()
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h)
if(TOMLPLUSPLUS_INCLUDE_DIR)
    if(NOT TOMLPLUSPLUS_INCLUDE_DIR STREQUAL "/usr/include")  # naming the compiler's own folder would reorder its headers
        target_include_directories(cardfit_documents SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE_DIR})
    endif()
    target_compile_definitions(cardfit_documents INTERFACE CARDFIT_WITH_TOML)
else()
    message(STATUS "cardfit: no toml++, so the tool imports no TOML files")
endif()

add_library(cardfit_io INTERFACE)
add_library(cardfit::io ALIAS cardfit_io)
target_link_libraries(cardfit_io INTERFACE cardfit cardfit_hub cardfit_documents nlohmann_json::nlohmann_json ${CMAKE_DL_LIBS})
