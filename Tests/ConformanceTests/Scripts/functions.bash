# What the scripts of these tests share. Bash reads this before each of them (BASH_ENV).
# shellcheck shell=bash

# Waits for a hundredth of a second.
pause() { read -rt 0.01 <> <(:) || true; }

# Waits until the next second of the clock has begun: snapshots of one second are not in the order of their names.
next_second() {
    local second
    second=$(date +%s)
    while (($(date +%s) == second)); do pause; done
}
