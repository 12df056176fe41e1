#!/bin/sh
# SPDX-License-Identifier: MIT
# Submits a batch script to SLURM unless cardfit says that it does not fit. The script is read, never run.
#
#     CARDFIT_CARD=h100-sxm5-80gb sbatch_checked.sh SCRIPT [ARGUMENTS of sbatch]
#
# CARDFIT_CARD is the card of the partition, CARDFIT the tool, SBATCH the command that submits. Use it as the users' sbatch, or call
# `cardfit check` the same way from job_submit.lua, which sees the script as job_desc.script. Exit codes of cardfit check: 0 fits or is
# tight, 1 does not fit, 2 cannot be read. What cannot be read is submitted with a warning: a hook that stops what it does not know is
# soon switched off.
set -u
script=${1:?usage: sbatch_checked.sh SCRIPT [ARGUMENTS of sbatch]}
shift
answer=$("${CARDFIT:-cardfit}" check --card "${CARDFIT_CARD:?the card of the partition, such as h100-sxm5-80gb}" "$script" 2>&1)
case $? in
0) ;;
1)
    printf '%s\n' "$answer" >&2
    echo "sbatch_checked: $script is not submitted" >&2
    exit 1
    ;;
*) printf 'sbatch_checked: %s is not checked: %s\n' "$script" "$answer" >&2 ;;
esac
exec "${SBATCH:-sbatch}" "$@" "$script"
