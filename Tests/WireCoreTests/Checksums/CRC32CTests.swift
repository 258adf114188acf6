import Testing
import WireCore

/// By the CPU's instruction, if it has one, and by tables.
@Suite struct CRC32CTests {
    enum Implementation: CaseIterable {
        case checksum, tables

        func callAsFunction(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32 = 0) -> UInt32 {
            switch self {
            case .checksum: CRC32C.checksum(bytes, continuing: seed)
            case .tables: CRC32C.checksumByTables(bytes, continuing: seed)
            }
        }

        func callAsFunction(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { self($0) } }
    }

    private static let polynomial: UInt32 = 0x82F6_3B78

    /// RFC 3720, B.4, and the check value of the CRC catalogue.
    @Test(arguments: Implementation.allCases)
    func checksumsEqualTheVectorsOfISCSI(checksum: Implementation) {
        #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(checksum(Array((0..<32).reversed())) == 0x113F_DB5C)
        let readCommand: [UInt8] = [
            0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0,
            0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
        ]
        #expect(checksum(readCommand) == 0xD996_3A56)
        #expect(checksum([]) == 0)
        #expect(checksum(UnsafeRawBufferPointer(start: nil, count: 0), continuing: 7) == 7)
    }

    @Test func checksumsOfEveryLengthAtEveryAlignmentEqualTheDefinition() {
        let bytes = ChecksumReference.randomBytes(4096 + 16)
        for start in 0..<16 {
            let expected = ChecksumReference.prefixes(of: bytes[start..<start + 4096], polynomial: Self.polynomial)
            bytes.withUnsafeBytes { all in
                let differing = (0...4096).first { count in
                    CRC32C.checksum(UnsafeRawBufferPointer(rebasing: all[start..<start + count])) != expected[count]
                }
                #expect(differing == nil, "length \(differing ?? 0) at \(start)")
            }
        }
    }

    /// Lengths beyond four times 1024 bytes: long inputs are processed in four interleaved parts of that size.
    @Test func checksumsByTablesOfEveryLengthEqualTheDefinition() {
        let bytes = ChecksumReference.randomBytes(4200)
        let expected = ChecksumReference.prefixes(of: bytes, polynomial: Self.polynomial)
        bytes.withUnsafeBytes { all in
            let differing = (0...bytes.count).first { count in
                CRC32C.checksumByTables(UnsafeRawBufferPointer(rebasing: all[..<count])) != expected[count]
            }
            #expect(differing == nil, "length \(differing ?? 0)")
        }
    }

    @Test(arguments: [8191, 8192, 12_301, 100_003])
    func checksumsOfLongInputsEqualTheDefinition(count: Int) {
        let bytes = ChecksumReference.randomBytes(count)
        let expected = ChecksumReference.prefixes(of: bytes, polynomial: Self.polynomial)[count]
        for checksum in Implementation.allCases { #expect(checksum(bytes) == expected) }
    }

    @Test(arguments: Implementation.allCases)
    func checksumCanBeContinued(checksum: Implementation) {
        let bytes = ChecksumReference.randomBytes(1000)
        let whole = checksum(bytes)
        for cut in 0...bytes.count {
            let first = checksum(Array(bytes[..<cut]))
            #expect(bytes[cut...].withUnsafeBytes { checksum($0, continuing: first) } == whole)
        }
    }
}
