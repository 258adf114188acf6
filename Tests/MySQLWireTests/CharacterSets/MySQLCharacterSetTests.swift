import Testing
import WireCore
import WireTestSupport

@testable import MySQLWire

@Suite struct MySQLCharacterSetTests {
    private static let allBytes = UInt8.min...UInt8.max

    private func decoded(_ bytes: [UInt8], _ set: MySQLCharacterSet) -> String {
        bytes.withUnsafeBytes { set.decode($0) }
    }

    private static let doubleByteSets: Set = [
        "big5", "cp932", "eucjpms", "euckr", "gb18030", "gb2312", "gbk", "sjis", "ujis",
    ]

    private static let vectors: Result<[[Substring]], any Error> = Result {
        try Fixtures.text("mysql/9.7.4/character-sets/vectors.txt").split(separator: "\n").map { $0.split(separator: " ") }
    }

    @Test func samplesDecodeToTheServersText() throws {
        for fields in try Self.vectors.get() where fields[0] != "all" {
            let set = try #require(MySQLCharacterSet(named: String(fields[0])))
            let (code, text) = (try #require([UInt8](hex: fields[1])), try #require([UInt8](hex: fields[2])))
            #expect(Array(decoded(code, set).utf8) == text, "\(fields[0]) \(fields[1])")
        }
    }

    /// All codes of a character, and no others.
    @Test func allCodesDecodeToTheServersText() throws {
        for fields in try Self.vectors.get() where fields[0] == "all" {
            let set = try #require(MySQLCharacterSet(named: String(fields[1])))
            var (count, checksum) = (0, UInt32(0))
            func add(_ code: [UInt8]) {
                let text = decoded(code, set)
                guard text.unicodeScalars.count == 1, text != "\u{FFFD}" else { return }
                count += 1
                checksum = (code + text.utf8).withUnsafeBytes { CRC32.checksum($0, continuing: checksum) }
            }
            for first in Self.allBytes { add([first]) }
            if Self.doubleByteSets.contains(set.name) {
                for first in UInt8(0x80)...0xFF { for second in UInt8(0x30)...0xFF { add([first, second]) } }
            }
            if ["ujis", "eucjpms"].contains(set.name) {
                for first in UInt8(0xA0)...0xFF { for second in UInt8(0xA0)...0xFF { add([0x8F, first, second]) } }
            }
            if set.name == "gb18030" {
                for code in 0..<39_420 {
                    add([
                        UInt8(0x81 + code / 12_600), UInt8(0x30 + code / 1260 % 10), UInt8(0x81 + code / 10 % 126),
                        UInt8(0x30 + code % 10),
                    ])
                }
            }
            #expect("\(count)" == fields[2], "\(fields[1])")
            #expect(checksum == UInt32(fields[3], radix: 16), "\(fields[1])")
        }
    }

    @Test func malformedBytesBecomeReplacementCharacters() throws {
        let utf8 = try #require(MySQLCharacterSet(named: "utf8mb4"))
        #expect(decoded([0x61, 0xFF, 0x62], utf8) == "a\u{FFFD}b")
        let utf16 = try #require(MySQLCharacterSet(named: "utf16"))
        #expect(decoded([0xFE, 0xFF, 0xD8, 0x00, 0x00, 0x61, 0x00], utf16) == "\u{FEFF}\u{FFFD}a\u{FFFD}")
        #expect(decoded([0xD8, 0x3D, 0xDE, 0x00], utf16) == "😀")
        let utf32 = try #require(MySQLCharacterSet(named: "utf32"))
        #expect(decoded([0, 1, 0xF6, 0, 0, 0, 0xD8, 0, 0], utf32) == "😀\u{FFFD}\u{FFFD}")
        let euckr = try #require(MySQLCharacterSet(named: "euckr"))
        #expect(decoded([0x8C, 0x63, 0xB0, 0xA1], euckr) == "똠가")
    }

    @Test(arguments: [
        (33, "utf8mb3"), (45, "utf8mb4"), (255, "utf8mb4"), (309, "utf8mb4"), (63, "binary"), (19, "euckr"), (8, "latin1"),
        (1270, "utf8mb4"), (2048, "utf8mb3"),
    ])
    func collationsHaveTheirCharacterSet(number: Int, name: String) {
        #expect(MySQLCharacterSet(collation: number)?.name == name)
    }

    @Test(arguments: [-1, 0, 17, 1024, 65_536, Int.max])
    func unknownCollationNumbersHaveNoCharacterSet(number: Int) { #expect(MySQLCharacterSet(collation: number) == nil) }

    @Test func everyCollationHasACharacterSet() {
        for run in CollationTable.runs {
            #expect(MySQLCharacterSet(named: run.characterSet) != nil, "\(run.characterSet)")
            #expect(MySQLCharacterSet(collation: Int(run.last))?.name == run.characterSet)
        }
    }

    @Test func namesAreFoundInAnyCaseAndByCollation() {
        #expect(MySQLCharacterSet(named: "UTF8")?.name == "utf8mb3")
        #expect(MySQLCharacterSet(collationNamed: "latin1_swedish_ci")?.name == "latin1")
        #expect(MySQLCharacterSet(named: "ebcdic") == nil)
    }
}
