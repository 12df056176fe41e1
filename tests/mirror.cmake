# SPDX-License-Identifier: MIT
# Checks that tests mirror the headers: include/cardfit/A/B.hpp is tested by tests/A/B.static.cpp or tests/A/B_test.cpp,
# unless an exemption below says why it is not. An exemption that no header needs is an error too.
#
# -DSOURCE= is the folder of the repository.
cmake_policy(VERSION 3.25)

# Each exemption is a regular expression that matches headers, and the reason why they have no test of their own.
set(exemptions
    # These headers are rows of tables: tests of the whole table read every row.
    "hardware/cards/[a-z0-9_]+" "rows and their lookup: tests/hardware/{cards,cards_csv,physics,mig,lookup,query} read every row"
    "engines/[a-z0-9_]+" "rows: tests/engines/all.static.cpp and the published rows read every one"
    "frameworks/[a-z0-9_]+" "rows: tests/frameworks/all.static.cpp and the published rows read every one"
    "job/keys/[a-z_]+" "rows of the key table: tests/job/keys.static.cpp reads every one"
    "job/gguf_mix_rows" "rows: tests/job/gguf_mixes.static.cpp counts the bytes of published files by them"
    "model/(convnet|detector|diffusion|encoder|encoder_decoder|hybrid|multimodal|translation|varied)_zoo" "rows: tests of their architectures count the published parameters"
    "io/quantization/(settings|module_names|[a-z_]*methods)" "readers: tests/io/published_weights_test.cpp reads a checkpoint of each method"
    "io/huggingface/(decoders|hybrids|encoder_decoders|multimodals|towers)" "rows: tests/io/published_configs_test.cpp reads published files of the families"
    "hardware/machines/[a-z_]+" "rows and their lookup: tests/hardware/machines reads every row"
    "hardware/(efficiency|link_efficiency|mig_profile)" "rows: tests of physics, links, MIG and of the estimates that read them"
    "job/(training_time_rules|inference_time_rules|saved_tensors)" "rows: the published rows hold them within their error bands"
    # These headers are declarations without behavior.
    "(version|declared|cardfit|key_ranges)" "declarations: every test includes them, and a wrong one does not compile"
    "(problem|row_table)" "refusals: every test of a header that checks its input, and tests/compile_fail and tests/sabotage"
    "hardware/(gpu|card_terms)" "declarations of a row: tests/hardware/cards.static.cpp and physics.static.cpp"
    "model/(block|layer_range|linear|network|norms|stored_weights|tensor_roles)" "declarations of a lowered network: every architecture's test reads them"
    "job/(training|training_problems|inference|layout|layer_choice|objective|optimizer|diffusion_job|weight_bytes|memory_rules)" "what a job says: tests of the estimates and of the job file check ranges and meaning"
    "estimate/training/check_job" "results and checks: every test of memory and time reads them"
    "estimate/(training|inference)/(stage|lower|serving_load|time_job|time_estimate)" "structures and their lowering: tests of the memory and time that follow"
    # These headers are parts of one estimate that have no published figure of their own.
    "estimate/training/(data_parallel|optimizer_step|micro_step|step_assembly)" "parts of a step: tests/estimate/training/step_time and the published rows"
    "estimate/inference/(decode|prefill|pass_time)" "parts of a time: tests/estimate/inference/time_test.cpp and the published rows"
    "estimate/diffusion/(passes|step_time)" "parts of a time, and a step: tests/estimate/diffusion/time_test.cpp"
    "model/(mixers|feed_forward)/[a-z_]+" "mechanisms: tests/model/{transformer,hybrid,encoder_decoder,kv_cache,flops} count each one's figures"
    "model/(convnet|diffusion)_(blocks|heads|parts|stages|visitor|walk)" "walks: tests/model/{convnet,diffusion}.static.cpp compare their sums with papers"
    "calibration/[a-z_]+" "constants: tests/calibration and the published rows"
    "decide/(batch|compare|diffusion_fits|machine_range|plan_front|plan_search|rank|remedies|require_fit|rollouts|speculative|whole_run)" "searches over estimates: tests/decide/decisions_test.cpp and tests/published/plan_test.cpp ask all of them"
    "hardware/(architecture_rates|connectors)" "what rows follow from: tests/hardware/{physics,standing}.static.cpp and tests/estimate/power.static.cpp"
    "hardware/(machine|partition|software_support|usable_memory)" "tests/hardware/{links,mig,cards}.static.cpp and device_memory_test.cpp"
    # These headers are the edge of the library: tests read and write whole files.
    "io/((huggingface|stored|import|import/tools)/)?[a-z0-9_]+" "readers and writers: tests/io and tests/tool go through them from file to answer"
    "validate/[a-z_]+" "scoring: tests/published asserts the tables that it prints")

file(GLOB_RECURSE headers RELATIVE ${SOURCE}/include/cardfit ${SOURCE}/include/cardfit/*.hpp)
set(missing "")
set(needed "")
foreach(header IN LISTS headers)
    string(REGEX REPLACE "\\.hpp$" "" stem ${header})
    if(EXISTS ${SOURCE}/tests/${stem}.static.cpp OR EXISTS ${SOURCE}/tests/${stem}_test.cpp)
        continue()
    endif()
    set(exempt FALSE)
    set(rest ${exemptions})
    while(rest)
        list(POP_FRONT rest pattern reason)
        if(stem MATCHES "^${pattern}$")
            set(exempt TRUE)
            list(APPEND needed "${pattern}")
            break()
        endif()
    endwhile()
    if(NOT exempt)
        string(APPEND missing "  include/cardfit/${header}: no tests/${stem}.static.cpp and no tests/${stem}_test.cpp\n")
    endif()
endforeach()

set(stale "")
set(rest ${exemptions})
while(rest)
    list(POP_FRONT rest pattern reason)
    if(NOT pattern IN_LIST needed)
        string(APPEND stale "  ${pattern}\n")
    endif()
endwhile()
if(missing)
    message(SEND_ERROR "headers without a test of the same stem and without a reason in tests/mirror.cmake:\n${missing}")
endif()
if(stale)
    message(SEND_ERROR "exemptions in tests/mirror.cmake that no header needs:\n${stale}")
endif()

# The page on hostile input names a test for each promise: its file has that name in it.
file(STRINGS ${SOURCE}/examples/guide/hostile-input.md promises REGEX "`tests/[^`]+`: \"[^\"]+\"" ENCODING UTF-8)
foreach(promise IN LISTS promises)
    string(REGEX MATCH "`(tests/[^`]+)`: \"([^\"]+)\"" ignored "${promise}")
    set(test ${CMAKE_MATCH_1})
    set(name "${CMAKE_MATCH_2}")
    set(text "")
    if(EXISTS ${SOURCE}/${test})
        file(READ ${SOURCE}/${test} text)
    endif()
    string(FIND "${text}" "${name}" found)
    if(found EQUAL -1)
        message(SEND_ERROR "examples/guide/hostile-input.md: ${test} has no test \"${name}\"")
    endif()
endforeach()
list(LENGTH promises count)
if(count LESS 20)
    message(SEND_ERROR "examples/guide/hostile-input.md: only ${count} promises name a test")
endif()
