import Coding
import Testing

@Suite("JSON text")
struct JSONTextTests {
    private func text(_ build: (inout JSONText) -> Void) -> String {
        var json = JSONText()
        json.object(build)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("fields, objects and arrays are separated by commas, and nothing else is")
    func separates() {
        let found = text { json in
            json.field("text", "a")
            json.field("none", nil as String?)
            json.field("number", UInt64.max)
            json.field("less", -3)
            json.field("is", true)
            json.object("in") { $0.field("x", 1) }
            json.object("empty") { _ in }
            json.array("list") { list in
                list.element("a")
                list.element("b")
                list.object { $0.field("y", false) }
            }
            json.array("nothing") { _ in }
        }
        #expect(
            found == #"{"text":"a","none":null,"number":18446744073709551615,"less":-3,"is":true,"in":{"x":1},"#
                + #""empty":{},"list":["a","b",{"y":false}],"nothing":[]}"#)
    }

    @Test(
        "characters that JSON or a terminal would take for something else are escaped",
        arguments: [
            ("quote\" back\\slash", #"quote\" back\\slash"#), ("line\nend\t", #"line\nend\t"#),
            ("\u{1B}[2J\0\u{7F}\u{85}", #"\u001b[2J\u0000\u007f\u0085"#), ("a\u{202E}b\u{2028}", #"a\u202eb\u2028"#),
            ("grüße / 🐢", "grüße / 🐢"), ("", ""), ("{[", "{["),
        ])
    func escapes(_ value: String, _ wanted: String) {
        #expect(text { $0.field("a", value) } == #"{"a":""# + wanted + #""}"#)
    }

    @Test("a comma stands behind text that ends like the beginning of an object")
    func separatesText() {
        #expect(
            text { json in
                json.field("a", "{")
                json.field("b", "[")
            } == #"{"a":"{","b":"["}"#)
    }

    @Test("a name that is not UTF-8 comes in Base64 too, and any other does not")
    func encodesNames() {
        #expect(text { $0.field("path", bytes: Array("/ü".utf8)) } == #"{"path":"/ü"}"#)
        #expect(
            text { $0.field("path", bytes: [0x2F, 0xFF, 0x41]) }
                == #"{"path":"/"# + "\u{FFFD}" + #"A","path_b64":"L/9B"}"#)
    }

    @Test(
        "Base64 is that of RFC 4648, section 10",
        arguments: zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]))
    func base64(_ text: String, _ wanted: String) {
        #expect(Base64.encode(Array(text.utf8)) == wanted)
    }
}
