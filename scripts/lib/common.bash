# What the scripts have in common. To be sourced; the caller has set -euo pipefail.

# The directory of the checkout. The scripts that source this use it.
# shellcheck disable=SC2034
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Prints the comment at the head of the running script, which is its help.
show_usage() {
    awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0"
}

# Says something on standard error.
note() {
    printf '%s\n' "$*" >&2
}

# Says what failed, and ends with 1.
fail() {
    note "error: $*"
    exit 1
}

# Says what is wrong with the command line, and ends with 2.
fail_usage() {
    note "error: $*"
    note "  fix: \`$0 -h\` shows how it is used"
    exit 2
}
