#!/usr/bin/env bash
# Kills the process of a mount under load, ROUNDS times: readers must be told that it is gone, and never get a wrong
# byte or wait; the next mount must name what is left and the command that takes it away; and that command must do so.
#
# usage: kill-rounds.bash ROUNDS
#
# PASTFS, PROBE, SITE and the repository's variables are in the environment. Prints a line for each round.
set -euo pipefail
# shellcheck source=Tests/ConformanceTests/Scripts/functions.bash
source "$(dirname "${BASH_SOURCE[0]}")/functions.bash"
rounds=${1:?}
mount=$SITE/mount
files=$mount/latest$SITE/files

fail() {
    printf 'round %d: %s\n' "$round" "$1" >&2
    exit 1
}

mount_and_wait() {
    "$PASTFS" mount --foreground -o threads=4 "$mount" </dev/null >>"$SITE/mount.out" 2>&1 &
    server=$!
    for _ in $(seq 1000); do
        if [[ -e $mount/latest ]]; then return; fi
        pause
    done
    fail "not mounted: $(tail -n 3 "$SITE/mount.out")"
}

for ((round = 1; round <= rounds; round++)); do
    mount_and_wait
    exec {readers}< <(
        status=0
        "$PROBE" until-gone "$files" "$round" 4 2>&1 || status=$?
        echo "status $status"
    )
    read -r -t 20 line <&"$readers" || fail "the readers do not begin"
    [[ $line == reading ]] || fail "the readers say: $line"
    # A little later in each round, so that the process dies in the middle of other work.
    for _ in $(seq $((round % 5))); do pause; done
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
    read -r -t 20 line <&"$readers" || fail "the readers wait for a dead mount"
    [[ $line == "status 0" ]] || fail "seed $round: $line $(cat <&"$readers")"
    exec {readers}<&-
    # What the kernel has not kept must be asked, and what was kept is right.
    text=$(stat "$mount/never asked for" 2>&1) && fail "a dead mount answers"
    [[ $text == *"Transport endpoint is not connected"* ]] || fail "stat: $text"
    text=$("$PASTFS" mount "$mount" 2>&1) && fail "mounted over a dead mount"
    command=$(grep -oE "(fusermount3|umount) [^\`]*$mount" <<<"$text") || fail "no command in: $text"
    $command || fail "failed: $command"
    mountpoint -q "$mount" && fail "still there after: $command"
    echo "round $round"
done
round=$((rounds + 1))
mount_and_wait
"$PROBE" random "$files" "$round" 20000 4 1 || fail "wrong bytes after the last mount"
"$PASTFS" umount "$mount"
wait "$server"
echo "all right"
