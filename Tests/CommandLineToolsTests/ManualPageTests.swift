import CommandLineTools
import Testing

@Suite("Manual pages")
struct ManualPageTests {
    /// Lines of 400 characters, since a word that fits no line is a warning too.
    @Test("Roff has no warning for any page", arguments: CoverageTests.programs)
    func warnings(program: ProgramDeclaration) throws {
        var files = ["program": ManualPage.render(program, date: "2026-11-20")]
        for command in program.visibleCommands {
            files[command.name.replacing(" ", with: "-")] = ManualPage.render(command, of: program)
        }
        let (output, status) = try Shell.run(
            "for file in *; do groff -man -ww -rLL=400n -Kutf8 -Tutf8 \"$file\" >/dev/null || exit 1; done",
            files: files)
        #expect(status == 0)
        #expect(output == "")
    }

    @Test("A page shows the words of the declaration")
    func words() throws {
        let page = ManualPage.render(SampleProgram.put, of: SampleProgram.declaration, date: "2026-11-20")
        let (output, status) = try Shell.run("groff -man -Tascii -P-cbou page", files: ["page": page])
        #expect(status == 0)
        for text in [
            "PACK-PUT(1)", "pack-put - put things into a new box", "pack put [OPTION]... PATH...", "-l, --label LABEL",
            "pack put hammer nails", "LIMITS", "with 3: see pack help.", "  a line that is kept\n", "128+n",
            "2026-11-20", "pack 1.2",
        ] {
            #expect(output.contains(text), "\(text)")
        }
    }

    @Test(
        "A text that looks like a request is text",
        arguments: [".SH FAKE", "'br", "\\fBbold\\n(.$", "a `b` c `", "\"quoted\" -- ^~", "…é日"])
    func requests(text: String) throws {
        let command = CommandDeclaration(name: "c", summary: text, discussion: text, examples: [.init(text, text)])
        let page = ManualPage.render(command, of: ProgramDeclaration(name: "p", summary: text, commands: [command]))
        let (output, status) = try Shell.run("groff -man -ww -Kutf8 -Tutf8 -P-cbou page", files: ["page": page])
        #expect(status == 0)
        let lines = output.split(separator: "\n")
        #expect(lines.contains { $0.hasSuffix(text) })
        #expect(lines.contains { $0.contains("p-c - \(text)") })
        #expect(!lines.contains("FAKE"))
    }
}
