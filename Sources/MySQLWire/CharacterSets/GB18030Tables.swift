/// GB 18030: ASCII, two bytes as in GBK, four bytes for all other characters, in the order of Unicode.
package struct GB18030Tables: Sendable {
    private let two: DoubleByteTable
    /// Consecutive characters of the Basic Multilingual Plane; `code` counts the four-byte codes from 81 30 81 30.
    /// Every code below the last run's end is in one of them; codes without a character form runs of U+FFFD.
    private let runs: [(code: UInt16, character: UInt16, count: UInt16)]

    /// The codes of the supplementary planes, from 90 30 81 30 on.
    private static let supplementaryCodes = 189_000..<(189_000 + 0x10_0000)

    package init(two: DoubleByteTable, fourByteRuns: StaticString) {
        self.two = two
        var table = PackedTable(fourByteRuns)
        var runs: [(code: UInt16, character: UInt16, count: UInt16)] = []
        while !table.isAtEnd { runs.append((table.u16(), table.u16(), table.u16())) }
        self.runs = runs
    }

    private func character(fourByteCode code: Int) -> UInt16 {
        // The first run that ends after the code.
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(runs[middle].code) + Int(runs[middle].count) <= code { low = middle + 1 } else { high = middle }
        }
        guard low < runs.count, runs[low].character != UTF8Output.replacement else { return UTF8Output.replacement }
        return runs[low].character + UInt16(code - Int(runs[low].code))
    }

    package func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        var offset = 0
        while offset < bytes.count {
            let first = bytes[offset]
            let left = bytes.count &- offset
            if first < 0x80 {
                output.append(UInt16(first))
                offset &+= 1
                continue
            }
            if first == 0x80 || first == 0xFF {
                output.appendReplacement()
                offset &+= 1
                continue
            }
            guard left >= 2 else { return output.appendReplacement() }
            let second = bytes[offset &+ 1]
            switch second {
            case 0x30...0x39:
                guard left >= 4 else { return output.appendReplacement() }
                offset &+= fourBytes(first, second, bytes[offset &+ 2], bytes[offset &+ 3], into: &output)
            case 0..<0x30:
                output.appendReplacement()
                offset &+= 1
            default:
                output.append(two.character(first, second))
                offset &+= 2
            }
        }
    }

    /// Returns the number of bytes consumed.
    private func fourBytes(
        _ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, into output: inout UTF8Output
    ) -> Int {
        guard (0x81...0xFE).contains(third) else {
            output.appendReplacement()
            return 3
        }
        guard (0x30...0x39).contains(fourth) else {
            output.appendReplacement()
            return 4
        }
        let high = (Int(first) - 0x81) * 10 + Int(second) - 0x30
        let low = (Int(third) - 0x81) * 10 + Int(fourth) - 0x30
        let code = high * 1260 + low
        if Self.supplementaryCodes.contains(code) {
            output.append(scalar: UInt32(code - Self.supplementaryCodes.lowerBound + 0x10000))
        } else {
            output.append(character(fourByteCode: code))
        }
        return 4
    }
}
