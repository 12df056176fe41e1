// SPDX-License-Identifier: MIT
#pragma once

// The flags of what stands before a program: launchers, batch systems and containers. They tell how many cards and
// machines there are. Sources: torch/distributed/run.py, deepspeed/launcher/runner.py, srun(1), sbatch(1),
// docker-run(1), kubectl's reference, mpirun(1).

#include <cardfit/io/import/tools/accelerate.hpp>

namespace cardfit::io::imports {

/// A table of launchers that stand before a command: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr row torchrun_rows[]{
    takes("nproc_per_node nproc", "cards.processes_each", reading::integer),
    takes("nnodes", "nodes.range"),
};
inline constexpr row deepspeed_launch_rows[]{
    takes("num_gpus", "cards.per_node", reading::integer),
    takes("num_nodes", "cards.nodes", reading::integer),
    takes("include i", "deepspeed.include"),
};
inline constexpr row slurm_rows[]{
    takes("nodes N", "cards.nodes", reading::integer),
    takes("gres gpus_per_node", "slurm.gres"),
    takes("gpus G", "cards.total", reading::integer),
};
inline constexpr row mpi_rows[]{
    takes("np n", "cards.processes", reading::integer),
};
inline constexpr row docker_rows[]{
    takes("gpus", "docker.gpus"),
    takes("e env", "docker.environment"),
};

inline constexpr std::span<const row> torchrun_tables[]{torchrun_rows};
inline constexpr std::span<const row> deepspeed_launch_tables[]{deepspeed_launch_rows};
inline constexpr std::span<const row> slurm_tables[]{slurm_rows};
inline constexpr std::span<const row> mpi_tables[]{mpi_rows};
inline constexpr std::span<const row> docker_tables[]{docker_rows};

inline constexpr tool torchrun_wrapper{.name = "torchrun",
                                       .rows = torchrun_tables,
                                       .harmless = "*",
                                       .switches = "standalone module m no_python run_path use_env"};
inline constexpr tool deepspeed_wrapper{.name = "deepspeed",
                                        .rows = deepspeed_launch_tables,
                                        .harmless = "*",
                                        .switches =
                                            "module m no_python no_local_rank force_multi no_ssh "
                                            "enable_each_rank_log bind_cores_to_rank"};
inline constexpr tool slurm_wrapper{.name = "slurm",
                                    .rows = slurm_tables,
                                    .harmless = "*",
                                    .switches =
                                        "exclusive requeue overlap wait verbose v l label u unbuffered "
                                        "kill_on_bad_exit pty container_mount_home no_container_mount_home"};
inline constexpr tool mpi_wrapper{
    .name = "mpirun", .rows = mpi_tables, .harmless = "*", .switches = "allow_run_as_root oversubscribe tag_output"};
inline constexpr tool docker_wrapper{.name = "docker",
                                     .rows = docker_tables,
                                     .harmless = "*",
                                     .switches =
                                         "rm it ti i t d detach interactive tty privileged init P "
                                         "publish_all no_healthcheck read_only q quiet"};
inline constexpr tool accelerate_wrapper{.name = "accelerate",
                                         .rows = accelerate_tables,
                                         .harmless = accelerate_harmless,
                                         .switches =
                                             "quiet debug same_network use_parallelism_config m module "
                                             "no_python multi_node"};
/// Apptainer and Singularity: the image stands before the command (apptainer-exec(1)).
inline constexpr row apptainer_rows[]{
    takes("env", "docker.environment"),
};
inline constexpr std::span<const row> apptainer_tables[]{apptainer_rows};
inline constexpr tool apptainer_wrapper{.name = "apptainer",
                                        .rows = apptainer_tables,
                                        .harmless = "*",
                                        .switches =
                                            "nv nvccli rocm writable writable_tmpfs contain c containall C cleanenv e "
                                            "fakeroot f no_home unsquash userns u no_privs"};
/// Programs that start another and say nothing about cards.
inline constexpr tool plain_wrapper{.name = "command", .harmless = "*", .switches = "E H n i S wait p verbose v"};

/// A program that starts another: how its command begins, and the table of its flags.
struct wrapper {
    std::string_view command{};   ///< its first words
    const tool* flags = nullptr;  ///< the table of its flags
    /// True if an image, or a container that runs, is named before the program.
    bool container = false;
};
inline constexpr wrapper wrappers[]{
    {"torchrun", &torchrun_wrapper},
    {"python -m torch.distributed.run", &torchrun_wrapper},
    {"python -m torch.distributed.launch", &torchrun_wrapper},
    {"accelerate launch", &accelerate_wrapper},
    {"accelerate-launch", &accelerate_wrapper},
    {"python -m accelerate.commands.launch", &accelerate_wrapper},
    {"deepspeed", &deepspeed_wrapper},
    {"python -m deepspeed.launcher.runner", &deepspeed_wrapper},
    {"srun", &slurm_wrapper},
    {"sbatch", &slurm_wrapper},
    {"salloc", &slurm_wrapper},
    {"mpirun", &mpi_wrapper},
    {"mpiexec", &mpi_wrapper},
    {"docker run", &docker_wrapper, true},
    {"docker container run", &docker_wrapper, true},
    {"docker exec", &docker_wrapper, true},
    {"docker container exec", &docker_wrapper, true},
    {"docker compose exec", &docker_wrapper, true},
    {"docker compose run", &docker_wrapper, true},
    {"podman run", &docker_wrapper, true},
    {"podman exec", &docker_wrapper, true},
    {"apptainer exec", &apptainer_wrapper, true},
    {"singularity exec", &apptainer_wrapper, true},
    {"nohup", &plain_wrapper},
    {"nice", &plain_wrapper},
    {"numactl", &plain_wrapper},
    {"stdbuf", &plain_wrapper},
    {"setsid", &plain_wrapper},
    {"sudo", &plain_wrapper},
    {"time", &plain_wrapper},
    {"uv run", &plain_wrapper},
    {"poetry run", &plain_wrapper},
    {"conda run", &plain_wrapper},
    {"pixi run", &plain_wrapper},
    {"trtllm-llmapi-launch", &plain_wrapper},
};

/// The program that an image of a container starts.
struct image_program {
    /// A part of the image's name.
    std::string_view image;
    std::string_view command;  ///< as a person would write it
};
inline constexpr image_program image_programs[]{
    {"vllm-openai", "vllm serve"},
    {"vllm/vllm", "vllm serve"},
    {"text-generation-inference", "text-generation-launcher"},
    {"llama.cpp:server", "llama-server"},
    {"llama.cpp:full", ""},
    {"llama.cpp:light", "llama-cli"},
    {"ollama/ollama", "ollama"},
};
/// @}

/// Variables of the environment that say how many cards there are.
inline constexpr value_pair environment_facts[]{
    {"CUDA_VISIBLE_DEVICES", "cards.visible"},
    {"NVIDIA_VISIBLE_DEVICES", "cards.visible"},
    {"HIP_VISIBLE_DEVICES", "cards.visible"},
    {"NPROC_PER_NODE", "cards.processes_each"},
    {"NNODES", "cards.nodes"},
    {"NGPU", "cards.processes_each"},
};

}  // namespace cardfit::io::imports
