import Testing
import WireCore

@Suite struct ByteWriterJSONTests {
    private func written(_ body: (inout ByteWriter) -> Void) -> String {
        var writer = ByteWriter(capacityBytes: 16)
        body(&writer)
        return String(decoding: writer.array(), as: UTF8.self)
    }

    /// A simple reference implementation, character by character.
    private func escapedSlowly(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{8}": result += "\\b"
            case "\t": result += "\\t"
            case "\n": result += "\\n"
            case "\u{C}": result += "\\f"
            case "\r": result += "\\r"
            default:
                let needsEscape = scalar.value < 0x20 || scalar.value > 0xFFFF
                guard needsEscape else {
                    result.unicodeScalars.append(scalar)
                    continue
                }
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: true)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return result + "\""
    }

    @Test func charactersAreEscapedAtEveryPosition() {
        let special: [Unicode.Scalar] = (0...0x7F).compactMap(Unicode.Scalar.init)
            + ["\u{80}", "\u{A2}", "\u{E9}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{1F600}", "\u{10FFFF}"]
        for scalar in special {
            for before in 0..<18 {
                for after in [0, 1, 7, 9] {
                    let text = String(repeating: "x", count: before) + String(scalar) + String(repeating: "é", count: after)
                    #expect(written { $0.jsonString(text) } == escapedSlowly(text))
                }
            }
        }
    }

    @Test func longTextsGrowTheBuffer() {
        let text = String(repeating: "aé\"😀\n0123456789", count: 500)
        #expect(written { $0.jsonString(text) } == escapedSlowly(text))
    }

    @Test(arguments: [
        (Int64(0), "0"), (9, "9"), (10, "10"), (-1, "-1"), (-10, "-10"), (99, "99"), (100, "100"), (.max, "9223372036854775807"),
        (.min, "-9223372036854775808"), (1_000_000_000_000, "1000000000000"),
    ])
    func integersAreDecimal(_ value: Int64, _ text: String) { #expect(written { $0.decimal(value) } == text) }

    @Test func integersOfEveryLengthAreDecimal() {
        var value: Int64 = 1
        for _ in 0..<18 {
            for step in [Int64(-1), 0, 1] {
                #expect(written { $0.decimal(value + step) } == String(value + step))
                #expect(written { $0.decimal(-value - step) } == String(-value - step))
            }
            value *= 10
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\u{7FF}\u{FFFD}\u{7}", "37/vv70H"),
    ])
    func bytesAreBase64(_ text: String, _ encoded: String) {
        #expect(written { $0.base64(Array(text.utf8)) } == encoded)
    }

    @Test func urlSafeBase64HasItsOwnAlphabet() {
        #expect(written { $0.base64([0xFB, 0xFF, 0xFE]) } == "+//+")
        let text = String(unsafeUninitializedCapacity: 4) { buffer in
            buffer.baseAddress.map { start in
                ([0xFB, 0xFF, 0xFE] as [UInt8]).withUnsafeBytes { Base64.encode($0, .urlSafe, to: start) - start }
            } ?? 0
        }
        #expect(text == "-__-")
    }
}
