#!/usr/bin/env bash
# Waits for the end of standard input, and then takes away every mount below the directory SITE, and SITE itself.
#
# usage: keep.bash SITE
#
# The tests hold the other end: whether they end, are killed or crash, no mount, loop device or directory stays.
set -u
site=${1:?}
read -r
for _ in $(seq 100); do
    mapfile -t mounts < <(cut -d' ' -f2 /proc/self/mounts | grep -F "$site/" | tac)
    if ((${#mounts[@]} == 0)); then break; fi
    for mount in "${mounts[@]}"; do umount --lazy "$mount" || read -rt 0.1 <> <(:); done
done
# A mount that could not be taken away is not entered.
rm -rf --one-file-system -- "$site"
