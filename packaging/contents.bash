# What an installation of PastFS consists of, and where it lies: packaging/install and scripts/package both follow this.
# To be sourced; the caller has set -euo pipefail.

# Builds the program with the Swift runtime linked in, and prints where it is. The directory of the checkout is $1.
#
# Everything is bound before the program begins and read-only from then on (-z now, with -z relro, which is the linker's
# default, and so is a position-independent program); there is no search path for libraries of a toolchain.
build_program() {
    local root=$1 options
    options=(-c release --product pastfs --static-swift-stdlib --scratch-path "$root/.build/package"
        --package-path "$root" --disable-local-rpath -Xswiftc -no-toolchain-stdlib-rpath
        -Xswiftc -file-prefix-map -Xswiftc "$root=." -Xlinker -z -Xlinker now)
    swift build "${options[@]}" >&2
    printf '%s/pastfs\n' "$(swift build "${options[@]}" --show-bin-path)"
}

# Puts everything below $1, for programs that will find it below $2: the program $3, and what is made from it.
install_contents() {
    local target=$1 prefix=$2 program=$3
    install -D -m 0755 "$program" "$target/bin/pastfs"
    # The helper of mount(8), which looks into /sbin only: it is of use where the prefix is /usr.
    install -d "$target/sbin"
    ln -sfn ../bin/pastfs "$target/sbin/mount.fuse.pastfs"
    install -d "$target/share/man/man1" "$target/share/man/man8"
    "$program" man --directory "$target/share/man/man1"
    printf '.so man1/pastfs-mount.1\n' >"$target/share/man/man8/mount.fuse.pastfs.8"
    install -d "$target/share/bash-completion/completions" "$target/share/zsh/$(zsh_directory "$prefix")"
    install -d "$target/share/fish/vendor_completions.d" "$target/lib/systemd/system"
    "$program" completion bash >"$target/share/bash-completion/completions/pastfs"
    "$program" completion zsh >"$target/share/zsh/$(zsh_directory "$prefix")/_pastfs"
    "$program" completion fish >"$target/share/fish/vendor_completions.d/pastfs.fish"
    sed "s|@bindir@|$prefix/bin|" "$(packaging_directory)/systemd/pastfs@.service" \
        >"$target/lib/systemd/system/pastfs@.service"
}

# Removes what install_contents put below $1.
remove_contents() {
    local target=$1
    rm -f -- "$target/bin/pastfs" "$target/sbin/mount.fuse.pastfs" "$target"/share/man/man1/pastfs{.1,-*.1} \
        "$target/share/man/man8/mount.fuse.pastfs.8" "$target/share/bash-completion/completions/pastfs" \
        "$target/share/zsh/$(zsh_directory "$target")/_pastfs" "$target/share/fish/vendor_completions.d/pastfs.fish" \
        "$target/lib/systemd/system/pastfs@.service"
}

# Where Debian's zsh looks for completions: what is local and what comes with packages are apart.
zsh_directory() {
    if [[ $1 == /usr ]]; then echo vendor-completions; else echo site-functions; fi
}

packaging_directory() {
    dirname "${BASH_SOURCE[0]}"
}
