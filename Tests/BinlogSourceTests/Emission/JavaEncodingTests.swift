import MySQLWire
import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource

/// Java's encodings by the MySQL character set that selects each.
private let characterSets = [
    "Big5": "big5", "EUC-JP": "ujis", "EUC-KR": "euckr", "GB18030": "gb18030", "GB2312": "gb2312", "GBK": "gbk",
    "IBM850": "cp850", "IBM852": "cp852", "IBM866": "cp866", "ISO-8859-1": "binary", "ISO-8859-13": "latin7",
    "ISO-8859-2": "latin2", "ISO-8859-7": "greek", "ISO-8859-8": "hebrew", "ISO-8859-9": "latin5", "KOI8-R": "koi8r",
    "Shift_JIS": "sjis", "TIS-620": "tis620", "US-ASCII": "ascii", "UTF-16": "utf16", "UTF-16LE": "utf16le",
    "UTF-32": "utf32", "UTF-8": "utf8mb4", "windows-1250": "cp1250", "windows-1251": "cp1251",
    "windows-1252": "latin1", "windows-1256": "cp1256", "windows-1257": "cp1257", "windows-31j": "cp932",
    "x-MacCentralEurope": "macce", "x-MacRoman": "macroman", "x-eucJP-Open": "eucjpms",
]

@Suite struct JavaEncodingTests {
    private static let allBytes = UInt8.min...UInt8.max

    private func decoded(_ bytes: [UInt8], _ set: MySQLCharacterSet) -> String {
        bytes.withUnsafeBytes { JavaEncoding(set).decode($0) }
    }

    private func set(java name: Substring) throws -> MySQLCharacterSet {
        let mysqlName = try #require(characterSets[String(name)])
        return try #require(MySQLCharacterSet(named: mysqlName))
    }

    @Test func samplesAreDecodedAsByJava() throws {
        for line in try Fixtures.text("java/character-sets/vectors.txt").split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            guard fields[0] != "all" else { continue }
            let set = try set(java: fields[0])
            let (input, output) = (try #require([UInt8](hex: fields[1])), try #require([UInt8](hex: fields[2])))
            #expect(Array(decoded(input, set).utf8) == output, "\(fields[0]) \(fields[1])")
        }
    }

    /// All codes of one and two bytes, and what each encoding has beyond.
    @Test func allCodesAreDecodedAsByJava() throws {
        for line in try Fixtures.text("java/character-sets/vectors.txt").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields[0] == "all" else { continue }
            let set = try set(java: fields[1])
            let encoding = JavaEncoding(set)
            var checksum: UInt32 = 0
            func add(_ bytes: [UInt8]) {
                let text = bytes.withUnsafeBytes { encoding.decode($0) }
                checksum = Array(text.utf8).withUnsafeBytes { CRC32.checksum($0, continuing: checksum) }
            }
            for first in Self.allBytes { add([first]) }
            for first in Self.allBytes { for second in Self.allBytes { add([first, second]) } }
            switch set.name {
            case "ujis", "eucjpms":
                for first in Self.allBytes { for second in Self.allBytes { add([0x8F, first, second]) } }
            case "gb18030":
                var code = 0
                while code < 1_587_600 {
                    add([
                        UInt8(0x81 + code / 12_600), UInt8(0x30 + code / 1260 % 10), UInt8(0x81 + code / 10 % 126),
                        UInt8(0x30 + code % 10),
                    ])
                    code += code < 39_420 ? 1 : 61
                }
            case "utf8mb4":
                let kinds: [UInt8] = [0x30, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE1]
                for first in UInt8(0xC0)...0xFF {
                    for second in kinds {
                        for third in kinds {
                            add([first, second, third])
                            for fourth in kinds { add([first, second, third, fourth]) }
                        }
                    }
                }
            default: break
            }
            #expect(checksum == UInt32(fields[2], radix: 16), "\(fields[1])")
        }
    }

    @Test func hangulBeyondKSX1001IsReplaced() throws {
        let set = try #require(MySQLCharacterSet(named: "euckr"))
        #expect(decoded([0x8C, 0x63, 0xB0, 0xA1], set) == "\u{FFFD}c가")
    }

    /// Debezium's choice for sets that Java lacks.
    @Test(arguments: [
        ("koi8u", [0xB4] as [UInt8], "╢"), ("swe7", [0x5B], "["), ("dec8", [0xD7], "×"), ("hp8", [0xA1], "¡"),
        ("armscii8", [0xB2], "²"), ("geostd8", [0xC0], "À"), ("keybcs2", [0x80], "Ç"),
    ])
    func setsThatJavaLacksAreDecodedWithDebeziumsSubstitute(name: String, bytes: [UInt8], text: String) throws {
        #expect(decoded(bytes, try #require(MySQLCharacterSet(named: name))) == text)
    }
}
