#!/bin/sh
# SPDX-License-Identifier: MIT
# Starts the command of a training or a server unless cardfit says that it does not fit. README.md beside it says more.
#
#     launch.sh COMMAND ARGUMENTS...           on the cards of this machine
#     launch.sh sbatch OPTIONS... SCRIPT       on the cards of a partition: the script is read, never run here
set -u
: "${1:?usage: launch.sh COMMAND ARGUMENTS... (or: launch.sh sbatch OPTIONS... SCRIPT)}"
cardfit=${CARDFIT:-cardfit}

if [ -z "${CARDFIT_CARD:-}" ]; then
    # The ids of this machine's cards, one per line: of all, or of those that processes may use.
    found=$("$cardfit" detect 2>/dev/null | awk -v visible="${CUDA_VISIBLE_DEVICES:-}" '
        $1 ~ /^[0-9]+$/ && (visible == "" || ("," visible ",") ~ ("," $1 ",")) { print $2 }')
    # Cards of several kinds are no card for cardfit, which says so.
    CARDFIT_CARD=$(printf '%s\n' "$found" | sort -u)
    CARDFIT_CARDS=$(printf '%s\n' "$found" | awk 'NF > 0 { n++ } END { if (n > 0) print n }')
fi
check() { "$cardfit" check --card "$CARDFIT_CARD" ${CARDFIT_CARDS:+--cards "$CARDFIT_CARDS"} "$@"; }

# Checks the first file among the words of sbatch, which is the script.
check_script() {
    while [ $# -gt 0 ] && [ ! -f "$1" ]; do shift; done
    check "${1:-no-script}"
}

case $1 in
sbatch | */sbatch) answer=$(check_script "$@" 2>&1) ;;
*) answer=$(check -- "$@" 2>&1) ;;
esac
case $? in
0) printf '%s\n' "$answer" | head -n 1 >&2 ;;
1)
    printf '%s\nlaunch.sh: %s is not started\n' "$answer" "$1" >&2
    exit 1
    ;;
# A launcher that stops what it does not know is soon switched off.
*) printf 'launch.sh: %s is not checked: %s\n' "$1" "$answer" >&2 ;;
esac
exec "$@"
