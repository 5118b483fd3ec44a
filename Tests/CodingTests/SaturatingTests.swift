import Coding
import Testing

@Suite("A sum that saturates")
struct SaturatingTests {
    @Test("is the sum, and the largest number where that has no room", arguments: [0, 1, UInt64.max - 7, .max])
    func adds(_ number: UInt64) {
        for other in [0, 1, 7, 8, UInt64.max] {
            var sum = number
            sum.addSaturating(other)
            #expect(sum == (number > .max - other ? .max : number + other))
        }
    }
}
