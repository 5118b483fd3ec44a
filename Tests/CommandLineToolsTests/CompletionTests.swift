import CommandLineTools
import Testing

@Suite("Completion")
struct CompletionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// The words of the line as the shell breaks them; the last one is being typed.
        let words: [String]
        let offered: [String]

        init(_ line: String, _ offered: String...) {
            words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            self.offered = offered
        }

        var testDescription: String { words.joined(separator: " ") }
    }

    static let commandsAndValues = [
        Case("pack ", "completion", "exchange", "help", "key", "put"),
        Case("pack p", "put"),
        Case("pack -v -r /s pu", "put"),
        Case("pack -r put e", "exchange"),
        Case("pack key ", "add", "list"),
        Case("pack key -v a", "add"),
        Case("pack completion ", "bash", "fish", "zsh"),
        Case("pack put --kind ", "paper", "wood"),
        Case("pack put x --kind p", "paper"),
        Case("pack put --l", "--label", "--list"),
        Case("pack key list --", "--help", "--json", "--repository", "--verbose", "--version"),
        Case("pack key add --n", "--name"),
        Case("pack exchange --l"),
        Case("pack help ", "completion", "exchange", "help", "key", "put"),
        Case("pack nothing "),
    ]

    static let lists = [
        Case("pack exchange -m s", "slowly"),
        Case("pack exchange 1 --manner sl", "slowly"),
    ]

    static let bashLists = [
        Case("pack exchange -m ", "compopt -o nospace", "note=", "order=", "slowly"),
        Case("pack exchange -m slowly,o", "compopt -o nospace", "slowly,order="),
        Case("pack exchange -m order =", "compopt -o nospace", "down", "up"),
        Case("pack exchange -m slowly,order = u", "compopt -o nospace", "up"),
        Case("pack exchange -m order = up,s", "compopt -o nospace", "up,slowly"),
        Case("pack exchange -m order = up,order = d", "compopt -o nospace", "down"),
        Case("pack exchange --manner = order = d", "compopt -o nospace", "down"),
        Case("pack exchange --manner=slowly,order=d", "--manner=slowly,order=down", "compopt -o nospace"),
        Case("pack exchange -m note = x", "compopt -o default", "compopt -o nospace"),
        Case("pack exchange -m order = up 1 2 ", "compopt -o dirnames -o filenames"),
    ]

    static let fishLists = [
        Case("pack exchange -m slowly,o", "slowly,order=down", "slowly,order=up"),
        Case("pack exchange -m order=up,s", "order=up,slowly"),
    ]

    static let zshLists = [
        Case("pack exchange -m slowly,o", "order"),
        Case("pack exchange -m order=", "down", "up"),
        Case("pack exchange -m slowly,order=u", "up"),
    ]

    /// Where there is nothing to offer; zsh then offers the options.
    static let exhausted = [Case("pack completion bash "), Case("pack key list ")]

    static let bashOnly = [
        Case("pack put --kind = p", "paper"),
        Case("pack put --kind =", "paper", "wood"),
        Case("pack put --kind=w", "--kind=wood"),
        Case("pack put ", "compopt -o default"),
        Case("pack put x y ", "compopt -o default"),
        Case("pack put --list ", "compopt -o default"),
        Case("pack put -- --l", "compopt -o default"),
        Case("pack -r ", "compopt -o dirnames -o filenames"),
        Case("pack put --repository = /s", "compopt -o dirnames -o filenames"),
        Case("pack exchange 1 "),
        Case("pack exchange 1 : 2 3 ", "compopt -o dirnames -o filenames"),
        Case("pack put --label "),
        Case("pack help key ", "add", "list"),
        Case("pack put --kind $(echo"),
    ]

    @Test("Bash offers what fits", arguments: commandsAndValues + exhausted + bashOnly + bashLists)
    func bash(expected: Case) throws {
        let driver = """
            set -u
            source ./completion
            compopt() { printf 'compopt %s\\n' "$*"; }
            COMP_WORDS=(\(expected.words.map { "'\($0)'" }.joined(separator: " ")))
            COMP_CWORD=\(expected.words.count - 1)
            _pack || exit 1
            ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}" || true
            """
        let script = Completion.script(for: .bash, SampleProgram.declaration)
        let (output, status) = try Shell.run("bash driver", files: ["completion": script, "driver": driver])
        #expect(status == 0)
        #expect(output.split(separator: "\n").map(String.init).sorted() == expected.offered)
    }

    @Test(
        "Fish offers what fits", .enabled(if: Shell.has("fish")),
        arguments: commandsAndValues + exhausted + lists + fishLists)
    func fish(expected: Case) throws {
        let driver = "source ./completion\ncomplete -C '\(expected.words.joined(separator: " "))'\n"
        let script = Completion.script(for: .fish, SampleProgram.declaration)
        let (output, status) = try Shell.run(
            "HOME=$PWD fish --no-config driver", files: ["completion": script, "driver": driver])
        #expect(status == 0)
        let offered = output.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }
        #expect(offered.sorted() == expected.offered)
    }

    @Test("Fish offers files and directories where they belong", .enabled(if: Shell.has("fish")))
    func fishFiles() throws {
        let driver = """
            source ./completion
            mkdir shelf
            complete -C 'pack put s'; complete -C 'pack -r s'; complete -C 'pack exchange s'
            complete -C 'pack exchange 1 2 s'; complete -C 'pack put --list source'
            """
        let files = [
            "completion": Completion.script(for: .fish, SampleProgram.declaration), "driver": driver, "source-file": "",
        ]
        let (output, _) = try Shell.run("HOME=$PWD fish --no-config driver", files: files)
        let offered = output.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }
        #expect(offered == ["shelf/", "source-file", "shelf/", "shelf/", "source-file"])
    }

    @Test("Zsh offers what fits", .enabled(if: Shell.has("zsh")), arguments: commandsAndValues + lists + zshLists)
    func zsh(expected: Case) throws {
        let script = Completion.script(for: .zsh, SampleProgram.declaration)
        let (output, status) = try Shell.run(
            "zsh -f driver '\(expected.words.joined(separator: " "))'",
            files: ["_pack": script, "driver": Self.zshDriver])
        #expect(status == 0, "\(output)")
        #expect(output.split(whereSeparator: \.isNewline).map(String.init).sorted() == expected.offered)
    }

    /// Completes its argument in a zsh of its own on a pseudo-terminal (zshmodules(1), zsh/zpty), where `compadd` prints
    /// what it is given instead of adding it.
    static let zshDriver = """
        zmodload zsh/zpty
        zpty inner zsh -f -i
        {
            zpty -w inner "PS1= PROMPT_SP=; unsetopt zle_bracketed_paste; stty -echo columns 200; fpath=($PWD \\$fpath)"
            zpty -w inner "autoload -Uz compinit; compinit -D -u; zstyle ':completion:*' list-grouped false"
            zpty -w inner 'compadd() {
                if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
                typeset -a __found
                builtin compadd -O __found "$@"
                (($#__found)) && printf "<%s>\\n" $__found
                builtin compadd "$@"
            }'
            zpty -w inner 'report() { printf "begin\\n"; _main_complete; printf "end\\n"; compstate[insert]= compstate[list]=; exit }'
            zpty -w inner 'zle -C report complete-word report; bindkey "^T" report; printf "%s\\n" ready'
            zpty -r inner seen $'*\\r\\nready*'
            zpty -w -n inner "$1"$'\\x14'
            zpty -r inner seen '*begin*end*'
        } always {
            zpty -d inner
        }
        seen=${seen##*begin}
        print -rl -- ${${(M)${(f)${seen//$'\\r'/}}:#<*>}//[<>]/}
        """

    @Test("Every shell finds every script well-formed", arguments: Completion.Shell.allCases)
    func syntax(shell: Completion.Shell) throws {
        guard Shell.has(shell.rawValue) else { return }
        var files = ["0": Completion.script(for: shell, SampleProgram.declaration)]
        for seed in 1...20 { files["\(seed)"] = Completion.script(for: shell, RandomProgram.make(seed: UInt64(seed))) }
        let (output, status) = try Shell.run(
            "for file in *; do HOME=$PWD \(shell.rawValue) -n \"$file\" || exit 1; done", files: files)
        #expect(status == 0)
        #expect(output == "")
    }

    @Test("Text of a declaration is never run, whatever it says", arguments: 1...20 as ClosedRange<UInt64>)
    func noExpansion(seed: UInt64) throws {
        let script = Completion.script(for: .bash, RandomProgram.make(seed: seed))
        let driver = """
            source ./completion
            COMP_WORDS=(prog verb0 --g-option1 '') COMP_CWORD=3
            _prog
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let (output, status) = try Shell.run("bash driver", files: ["completion": script, "driver": driver])
        #expect(status == 0, "seed \(seed)")
        #expect(output == "one\nt'wo\nth ree\n", "seed \(seed)")
    }
}
