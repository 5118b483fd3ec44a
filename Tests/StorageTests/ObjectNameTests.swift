import Coding
import Storage
import TestSupport
import Testing

@Suite("The names of objects")
struct ObjectNameTests {
    private static let digits = String(repeating: "0a", count: 31) + "ff"

    @Test("A name is spelled as the format says")
    func spelling() throws {
        let id = try #require(Bytes32(hexadecimal: Self.digits))
        #expect(ObjectName.format.path == "format")
        #expect(ObjectName(.keys, id).path == "keys/\(Self.digits)")
        #expect(ObjectName(.packs, id).path == "packs/0a/\(Self.digits)")
        #expect(ObjectName(.index, id).path == "index/\(Self.digits)")
        #expect(ObjectName(.snapshots, id).path == "snapshots/\(Self.digits)")
        #expect(ObjectName(.tombstones, id, number: 12).path == "tombstones/\(Self.digits).12")
        #expect(ObjectName(.tombstones, id, number: 12, part: .final).path == "tombstones/\(Self.digits).12.final")
        #expect(ObjectName(.holds, id, number: 1).path == "holds/\(Self.digits).1")
        #expect(ObjectName(.holds, id, number: 1, part: .released).path == "holds/\(Self.digits).1.released")
        #expect(ObjectName(.sessions, number: 7, part: .outcome).path == "sessions/7.outcome")
        #expect(ObjectName(.quarantine, number: 1 << 40).path == "quarantine/1099511627776")
    }

    @Test("A number may be as high as the limit")
    func highest() throws {
        let id = try #require(Bytes32(hexadecimal: Self.digits))
        for name in [ObjectName(.sessions, number: 1 << 40), ObjectName(.holds, id, number: 1 << 40)] {
            #expect(ObjectName(path: name.path) == name)
        }
    }

    @Test("A path is read back as the name that spells it", arguments: 0..<UInt64(20))
    func roundTrip(seed: UInt64) {
        for name in ObjectFolder.allCases.map({ ObjectName.sample($0, seed: seed) }) + [.format] {
            #expect(ObjectName(path: name.path) == name)
        }
    }

    @Test(
        "Any other path is refused",
        arguments: [
            "", "/", "format/", "/format", "Format", "keys", "keys/", "keys/\(digits.uppercased())",
            "keys/\(digits)/", "/keys/\(digits)", "keys//\(digits)", "keys/\(digits)0", "keys/\(digits.dropLast())",
            "keys/0a/\(digits)", "packs/\(digits)", "packs/0b/\(digits)", "packs/0A/\(digits)", "packs//\(digits)",
            "packs/0a/0a/\(digits)", "locks/\(digits)", "tmp/\(digits)", "../keys/\(digits)", "keys/\(digits)\n",
            "keys/\(digits.replacing("a", with: "g"))", "keys/\(digits)\0", "keys/\(digits).1", "keys/1",
            "holds/\(digits)", "holds/\(digits).0", "holds/\(digits).01", "holds/\(digits).+1", "holds/\(digits).-1",
            "holds/\(digits).1.", "holds/\(digits).1.final", "holds/\(digits).1.released.released", "holds/1",
            "holds/\(digits).18446744073709551616", "holds/\(digits.uppercased()).1", "tombstones/\(digits).1.released",
            "sessions/0", "sessions/01", "sessions/\(digits)", "sessions/1.sweep", "sessions/1.outcome.outcome",
            "sessions/1099511627777", "sessions/18446744073709551615", "quarantine/1099511627777.sweep",
            "holds/\(digits).1099511627777", "tombstones/\(digits).18446744073709551615.final",
            "quarantine/1.outcome", "quarantine/", "quarantine/.sweep", "quarantine/1/sweep",
        ])
    func refusesOthers(path: String) {
        #expect(ObjectName(path: path) == nil)
    }

    @Test("The order is that of the paths' bytes", arguments: 0..<UInt64(10))
    func order(seed: UInt64) {
        var names = ObjectFolder.allCases.flatMap { folder in
            (0..<4).map { ObjectName.sample(folder, seed: seed * 4 + $0) }
        }
        names.append(.format)
        let byPath = names.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
        #expect(names.sorted() == byPath, "seed \(seed)")
    }
}
