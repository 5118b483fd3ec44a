# What scripts that run the tests have in common. To be sourced behind common.bash, in the root of the checkout.

# The suites with a test that ends a process, as a regular expression of the names of tests. The testing library spins on a
# processor as long as one of these has ended and waits for its turn, and hangs where another child waits with it: so they run
# by themselves, before all others.
ending_suites() {
    local suites
    suites=$(grep -rlE 'processExitsWith' --include='*Tests.swift' Tests | xargs -n 1 basename -s .swift | sort | paste -sd '|')
    printf '\\.(%s)/\n' "$suites"
}

# Targets whose tests spend much of their time in waiting for processes that they start, as a regular expression of the names
# of tests. The testing library has as many threads as there are processors: beside a run of these there is room for another.
process_targets() {
    printf '%s\n' '^(CommandsTests|ConformanceTests|MountTests|PowerLossTests)\.'
}
