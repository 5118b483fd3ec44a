#!/usr/bin/env bash
# Makes a tree on ext4, backs it up, mounts it, and makes the ext4 as read-only as the mount.
#
# The environment names the programs and places: PASTFS, PROBE, SITE and the repository's variables. Prints the
# directory of the snapshot in the mount that is the tree.
set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
cd "$SITE"
truncate -s 700M disk.image
mkfs.ext4 -q -F -I 256 -N 130000 -m 0 disk.image
mkdir disk
mount -o loop disk.image disk
mkdir disk/tree
"$here/make-tree.bash" disk/tree
mount -o remount,ro,nosuid,nodev disk
"$PASTFS" init --kdf-log-n 10 >&2
"$PASTFS" backup disk/tree >&2
"$PASTFS" mount -o allow_other mount >&2
