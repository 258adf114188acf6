/// Copies in steps of 16 bytes, for decoders whose buffers have room behind the data.
enum WideCopy {
    /// How many bytes a copy may read and write behind its end.
    static let slackBytes = 32

    /// Copies `count` bytes, and up to 15 more, between places that do not overlap within 16 bytes.
    @inline(__always)
    static func copy(from source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        var copied = 0
        repeat {
            let chunk = UnsafeRawPointer(source + copied).loadUnaligned(as: SIMD16<UInt8>.self)
            UnsafeMutableRawPointer(target + copied).storeBytes(of: chunk, as: SIMD16<UInt8>.self)
            copied &+= 16
        } while copied < count
    }

    /// Appends `count` bytes, copied from `distance` bytes before `target`, as if one after the other; up to 31 more
    /// bytes may be written.
    @inline(__always)
    static func repeatBytes(at distance: Int, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        if distance >= 16 {
            copy(from: UnsafePointer(target - distance), to: target, count: count)
        } else {
            repeatPattern(at: distance, to: target, count: count)
        }
    }

    /// As `repeatBytes` for a distance of 1 to 15.
    @inline(never)
    private static func repeatPattern(at distance: Int, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        let source = target - distance
        if distance == 1 {
            target.update(repeating: source.pointee, count: count)
            return
        }
        // Bytes that end a whole number of patterns before the target repeat it, too: 16 of them are copied at a time.
        var written = 0
        let period = (16 &+ distance &- 1) / distance &* distance
        let head = min(count, period)
        while written < head {
            target[written] = source[written]
            written &+= 1
        }
        guard written < count else { return }
        copy(from: UnsafePointer(target + written - period), to: target + written, count: count &- written)
    }
}
