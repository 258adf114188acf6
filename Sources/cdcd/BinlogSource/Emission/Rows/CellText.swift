import ConnectData
import MySQLWire
import WireCore

/// Cells as text and bytes.
enum CellText {
    /// UTF-8, with U+FFFD in place of malformed bytes.
    @inline(__always)
    static func write<S: ValueSink & ~Copyable>(
        utf8 cell: UnsafeRawBufferPointer, into sink: inout S, _ context: inout CellContext
    ) {
        if JavaUTF8.isValid(cell) { return sink.text(cell) }
        context.scratch.reset()
        UTF8Output.append(decoded: cell, to: &context.scratch) { JavaUTF8.repair(cell, into: &$0) }
        context.scratch.withUnsafeBytes { sink.text($0) }
    }

    /// The JSON text in the context's scratch memory.
    static func write<S: ValueSink & ~Copyable>(renderedJSON context: inout CellContext, into sink: inout S) {
        context.scratch.withUnsafeBytes { text in
            if JavaUTF8.isValid(text) { return sink.text(text) }
            var repaired = String(decoding: text, as: UTF8.self)
            repaired.withUTF8 { sink.text(UnsafeRawBufferPointer($0)) }
        }
    }

    /// Text of another encoding.
    static func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ encoding: JavaEncoding, into sink: inout S, _ context: inout CellContext
    ) {
        if encoding.isUTF8(cell) { return sink.text(cell) }
        context.scratch.reset()
        UTF8Output.append(decoded: cell, to: &context.scratch) { encoding.decode(cell, into: &$0) }
        context.scratch.withUnsafeBytes { sink.text($0) }
    }

    /// BINARY, whose trailing zeros the server does not store: with at least `count` bytes.
    static func write<S: ValueSink & ~Copyable>(
        padded cell: UnsafeRawBufferPointer, to count: Int, _ mode: ValueOptions.BinaryMode, into sink: inout S,
        _ context: inout CellContext
    ) {
        context.scratch.reset()
        context.scratch.bytes(cell)
        context.scratch.zeros(max(0, count - cell.count))
        context.scratch.withUnsafeBytes { BinaryText.write($0, mode, into: &sink) }
    }

    /// BIT: little-endian.
    static func write<S: ValueSink & ~Copyable>(
        bits cell: UnsafeRawBufferPointer, into sink: inout S, _ context: inout CellContext
    ) {
        context.scratch.reset()
        for byte in cell.reversed() { context.scratch.byte(byte) }
        context.scratch.withUnsafeBytes { sink.bytes($0) }
    }

    /// The selected options of a SET in the order of the definition.
    static func write<S: ValueSink & ~Copyable>(
        set bits: UInt64, _ options: OptionTexts, into sink: inout S, _ context: inout CellContext
    ) {
        context.scratch.reset()
        for index in 0..<min(64, options.count) where bits & (1 << UInt64(index)) != 0 {
            if context.scratch.count > 0 { context.scratch.literal(",") }
            options.withUTF8(index) { context.scratch.bytes($0) }
        }
        context.scratch.withUnsafeBytes { sink.text($0) }
    }

    /// Sixteen bytes as `550e8400-e29b-41d4-a716-446655440000`. MariaDB strips trailing zeros.
    static func write<S: ValueSink & ~Copyable>(
        uuid cell: UnsafeRawBufferPointer, into sink: inout S, _ context: inout CellContext
    ) {
        guard cell.count <= 16 else { return write(utf8: cell, into: &sink, &context) }
        var uuid: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &uuid) { bytes in
            bytes.copyMemory(from: cell)
            sink.formattedText(atMost: UUIDText.byteCount) { UUIDText.write(UnsafeRawBufferPointer(bytes), to: $0) }
        }
    }
}
