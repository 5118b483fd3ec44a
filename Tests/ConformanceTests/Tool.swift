import Testing

/// What a person or a script would run on a tree: its output on the mount must be that on the source.
struct Tool: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Run by bash in the tree.
    let script: String

    private init(_ name: String, _ script: String) {
        testDescription = name
        self.script = script
    }

    private static let git = "git -c safe.directory='*' -C work"

    static let all: [Tool] = [
        Tool(
            "find with every attribute of files",
            #"find . -path ./many -prune -o ! -type d -printf '%P %y %#m %U %G %s %n %T@ %C@ %l\n' | sort"#),
        Tool(
            "find with every attribute of directories",
            #"find . -path ./many -prune -o -type d -printf '%P %y %#m %U %G %T@ %C@\n' | sort"#),
        Tool(
            "find by type, time, link and emptiness",
            """
            find . -type f | wc -l; find . -type d -empty | sort; find . -samefile links/one | sort
            find . -newermt 1980-01-01 -name 'f*' | sort; find . -perm /6000 | sort; find . -uid 1234 | sort
            """),
        Tool("du of disk space", "du -k contents/* huge/* holes/* work/part1/* links/* kinds/plain"),
        Tool(
            "du of bytes, with links once",
            "find contents links huge work -type f -print0 | sort -z | du -cb --files0-from=-"),
        Tool(
            "ls -lR",
            "ls -lnR --time-style=full-iso contents kinds permissions names times links | grep -v -e ^d -e ^total"),
        Tool("getfacl", "find permissions | sort | xargs getfacl -nP"),
        Tool("getfattr and getcap", "find attributes kinds | sort | xargs getfattr -hP -d -m -; getcap attributes/*"),
        Tool("md5sum -c", "cd contents && md5sum -c ../sums && sha256sum -- *"),
        Tool(
            "grep -r",
            "grep -rc 1999 contents/text work | sort; grep -rl changed work | sort; grep -c x names/* 2>&1"),
        Tool("git status", "\(git) status --porcelain=v2 --branch"),
        Tool("git fsck and log", "\(git) fsck --full --strict 2>&1; \(git) log --stat --all"),
        Tool("git diff, grep and show", "\(git) diff; \(git) grep -n 7; \(git) show first:part2/file2"),
        Tool(
            "git clone",
            "git config --global safe.directory '*'; git clone -q work \"$COPY/c\" && git -C \"$COPY/c\" log --format=%T"
        ),
        Tool(
            "sqlite3, read-only and immutable",
            """
            for file in plain closed live; do
                for mode in 'mode=ro' 'mode=ro&immutable=1'; do
                    sqlite3 "file:databases/$file.db?$mode" 'select count(*), max(a) from t; pragma integrity_check' 2>&1
                done
            done
            """),
        Tool(
            "Python's mmap",
            """
            /usr/bin/python3 - contents/large contents/text contents/page <<'END'
            import hashlib, mmap, sys
            for name in sys.argv[1:]:
                with open(name, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as memory:
                    print(name, hashlib.sha256(memory).hexdigest(), memory.rfind(b"1"))
            END
            """),
        Tool(
            "head, tail, sort, od, wc and gzip",
            """
            wc contents/*; head -c 100 contents/large | od -c; tail -c 50 contents/text; tail -n 2 contents/text
            sort -rn contents/text | head -n 3; gzip -nc contents/text | md5sum
            """),
        Tool(
            "test and globs",
            """
            for path in kinds/*; do
                for sign in e f d L p S b c r w x u s; do test -$sign "$path" && printf '%s ' "$sign"; done
                echo "$path"
            done
            cd names && printf '%q\\n' *
            """),
        Tool(
            "cp, sparse or not",
            """
            for how in --sparse=auto --sparse=always --reflink=auto; do
                cp $how holes/islands contents/zeros "$COPY" && (cd "$COPY" && md5sum -- * && du -k -- *)
            done
            """),
    ]
}
