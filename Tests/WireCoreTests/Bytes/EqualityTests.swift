import Testing
import WireCore

@Suite struct EqualityTests {
    @Test(arguments: [
        ([], [], true), ([1, 2, 3], [1, 2, 3], true), ([1, 2, 3], [1, 2, 4], false), ([1, 2, 3], [1, 2], false),
        ([], [1], false),
    ] as [([UInt8], [UInt8], Bool)])
    func memoryIsComparedByContentAndLength(a: [UInt8], b: [UInt8], isEqual: Bool) {
        a.withUnsafeBytes { a in b.withUnsafeBytes { #expect(a.hasSameBytes(as: $0) == isEqual) } }
    }

    @Test func memoryWithoutAnAddressIsEmpty() {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(none.hasSameBytes(as: none))
        [UInt8]().withUnsafeBytes { #expect(none.hasSameBytes(as: $0)) }
        [UInt8](repeating: 0, count: 1).withUnsafeBytes { #expect(!none.hasSameBytes(as: $0)) }
    }
}
