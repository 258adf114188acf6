import ConnectData

/// A geometry in the bytes of WKB or EWKB, which adds the SRID (`io.debezium.spatial.GeometryBytes`).
struct WellKnownBinary {
    private(set) var bytes: [UInt8]

    private static let hasZ: UInt32 = 0x8000_0000
    private static let hasM: UInt32 = 0x4000_0000
    private static let hasSRID: UInt32 = 0x2000_0000
    /// Collections in collections.
    private static let depthMax = 64

    private struct InvalidError: Error {}

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether it is EWKB.
    var isExtended: Bool { bytes.count >= 5 && word(at: 1, isLittle: bytes[0] == 1) & Self.hasSRID != 0 }

    private func word(at index: Int, isLittle: Bool) -> UInt32 {
        let word = bytes[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return isLittle ? word.byteSwapped : word
    }

    private static func encoded(_ word: UInt32, isLittle: Bool) -> [UInt8] {
        withUnsafeBytes(of: isLittle ? word.littleEndian : word.bigEndian, Array.init)
    }

    /// Adds the SRID.
    ///
    /// - Throws: if the geometry is too short.
    mutating func extend(srid: Int32) throws(DataError) {
        if isExtended { return }
        guard bytes.count >= 5 else { throw DataError("A geometry has at least five bytes, not \(bytes.count)") }
        let isLittle = bytes[0] == 1
        let type = word(at: 1, isLittle: isLittle) | Self.hasSRID
        bytes.replaceSubrange(
            1..<5,
            with: Self.encoded(type, isLittle: isLittle) + Self.encoded(UInt32(bitPattern: srid), isLittle: isLittle))
    }

    /// Removes the SRID, if it is EWKB.
    mutating func removeSRID() {
        guard isExtended, bytes.count >= 9 else { return }
        let isLittle = bytes[0] == 1
        let type = word(at: 1, isLittle: isLittle) & ~Self.hasSRID
        bytes.replaceSubrange(1..<9, with: Self.encoded(type, isLittle: isLittle))
    }

    /// Exchanges the first two ordinates of each point.
    ///
    /// - Throws: if the geometry is not well-formed.
    mutating func swapCoordinates() throws(DataError) {
        var index = 0
        do {
            try swapGeometry(&index, depth: 0)
        } catch {
            throw DataError("Failed to swap EWKB/WKB coordinates")
        }
        bytes.removeLast(bytes.count - index)
    }

    private func next(_ index: inout Int, isLittle: Bool) throws(InvalidError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw InvalidError() }
        defer { index += 4 }
        return word(at: index, isLittle: isLittle)
    }

    /// Reads the byte order.
    private func nextOrder(_ index: inout Int) throws(InvalidError) -> Bool {
        guard index < bytes.count else { throw InvalidError() }
        defer { index += 1 }
        return bytes[index] == 1
    }

    private mutating func swapGeometry(_ index: inout Int, depth: Int) throws(InvalidError) {
        guard depth < Self.depthMax else { throw InvalidError() }
        let isLittle = try nextOrder(&index)
        let type = try next(&index, isLittle: isLittle)
        if type & Self.hasSRID != 0 { _ = try next(&index, isLittle: isLittle) }
        let ordinates = 2 + (type & Self.hasZ != 0 ? 1 : 0) + (type & Self.hasM != 0 ? 1 : 0)
        switch type & 0xFF {
        case 1...3: try swapPlain(type & 0xFF, &index, isLittle: isLittle, ordinates)
        case 4...6:
            let plain = (type & 0xFF) - 3
            for _ in 0..<(try next(&index, isLittle: isLittle)) {
                let isLittle = try nextOrder(&index)
                _ = try next(&index, isLittle: isLittle)
                try swapPlain(plain, &index, isLittle: isLittle, ordinates)
            }
        case 7: for _ in 0..<(try next(&index, isLittle: isLittle)) { try swapGeometry(&index, depth: depth + 1) }
        default: throw InvalidError()
        }
    }

    /// A point, a line string or a polygon, without its type.
    private mutating func swapPlain(
        _ type: UInt32, _ index: inout Int, isLittle: Bool, _ ordinates: Int
    ) throws(InvalidError) {
        switch type {
        case 1: try swapPoint(&index, ordinates)
        case 2: for _ in 0..<(try next(&index, isLittle: isLittle)) { try swapPoint(&index, ordinates) }
        default:
            for _ in 0..<(try next(&index, isLittle: isLittle)) {
                for _ in 0..<(try next(&index, isLittle: isLittle)) { try swapPoint(&index, ordinates) }
            }
        }
    }

    private mutating func swapPoint(_ index: inout Int, _ ordinates: Int) throws(InvalidError) {
        guard index + 8 * ordinates <= bytes.count else { throw InvalidError() }
        for offset in index..<index + 8 { bytes.swapAt(offset, offset + 8) }
        index += 8 * ordinates
    }
}
