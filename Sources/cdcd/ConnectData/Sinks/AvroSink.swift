import WireCore

/// The sink of Avro's converters: writes a value of one schema in Avro's binary encoding, as Java's `BinaryEncoder`
/// does, after the bytes that name the schema.
///
/// Integers are zig-zag varints; texts and bytes follow their length; the items of an array or map follow their number
/// and precede a zero; a value in a union follows the number of its branch.
@usableFromInline package struct AvroSink: ByteSink, ~Copyable {
    /// Why the value cannot be written.
    @usableFromInline enum Failure {
        /// A null that the schema does not allow.
        case null
        /// A value of the named kind where the schema has another kind, or no further value.
        case misfit(String)
        case mismatchingSchema
        case unknownSymbol(String)
        case keyIsNoString
    }

    @usableFromInline let plan: AvroSinkPlan
    @usableFromInline let steps: UnsafePointer<AvroSinkPlan.Step>
    @usableFromInline let constants: UnsafeRawPointer
    @usableFromInline var writer: ByteWriter
    /// The step of the next value.
    @usableFromInline var cursor = 0
    @usableFromInline var captureStart = 0
    /// The bytes begin there.
    @usableFromInline let start: Int
    /// The first failure and its step.
    @usableFromInline var failure: (reason: Failure, step: Int)?

    @inlinable package init(_ plan: AvroSinkPlan, _ writer: consuming ByteWriter) {
        self.plan = plan
        steps = UnsafePointer(plan.steps)
        constants = UnsafeRawPointer(plan.constants)
        start = writer.count
        self.writer = writer
    }

    // MARK: Results

    @inlinable @inline(__always)
    package mutating func begin() {
        writer.truncate(to: start)
        cursor = 0
        // An assignment releases the former value, which costs a call.
        if failure != nil { failure = nil }
        writer.bytes(UnsafeRawBufferPointer(start: constants, count: plan.prefixCount))
    }

    @inlinable package mutating func end() -> Bool { failure == nil }

    @inlinable package func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R { try writer.withUnsafeBytes(body) }

    @inlinable package consuming func takeWriter() -> ByteWriter {
        if failure != nil { writer.truncate(to: start) }
        return writer
    }

    @usableFromInline
    package var error: DataError? {
        guard let (reason, step) = failure else { return nil }
        let name = plan.names[step]
        let place = name.isEmpty ? "the value" : name
        switch reason {
        case .null:
            return DataError("Found null value for non-optional schema" + (name.isEmpty ? "" : " (\(name))"))
        case .misfit(let kind): return DataError("Conversion error: \(place) is \(kind), which does not fit its schema")
        case .mismatchingSchema: return DataError("Mismatching struct schema")
        case .unknownSymbol(let symbol):
            return DataError("Conversion error: \(place) is '\(symbol)', which is none of the symbols of its enum")
        case .keyIsNoString: return DataError("Conversion error: a key of the map \(name) is not a string")
        }
    }

    /// The bytes of a value, without a prefix.
    package static func bytes(of value: ConnectValue, _ form: AvroForm) throws(DataError) -> [UInt8] {
        var sink = AvroSink(try AvroSinkPlan(form, prefix: []), ByteWriter(capacityBytes: 64))
        sink.value(value)
        if let error = sink.error { throw error }
        return sink.withUnsafeBytes { [UInt8]($0) }
    }

    // MARK: Steps

    /// Records the first failure. No value fits what follows.
    @inline(never) @usableFromInline
    mutating func fail(_ reason: Failure) {
        if failure == nil { failure = (reason, cursor) }
        // The last step; there is a name for each.
        cursor = plan.names.count - 1
    }

    /// Writes the branch of a union, if the value is in one. Returns the address after it, with room for `count` bytes.
    @inlinable @inline(__always)
    mutating func branch(_ step: UnsafePointer<AvroSinkPlan.Step>, room count: Int) -> UnsafeMutablePointer<UInt8> {
        let target = writer.room(for: count &+ 1)
        target.pointee = step.pointee.branch
        return target + Int(step.pointee.branchCount)
    }

    /// Writes a zig-zag varint. Returns the address after it.
    @inlinable @inline(__always)
    static func write(_ value: Int64, to target: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var rest = UInt64(bitPattern: value &<< 1) ^ UInt64(bitPattern: value &>> 63)
        var target = target
        while rest >= 0x80 {
            target.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            target += 1
            rest &>>= 7
        }
        target.pointee = UInt8(truncatingIfNeeded: rest)
        return target + 1
    }

    /// Room for a varint of 64 bits.
    @inlinable static var varintRoom: Int { 10 }

    // MARK: Values

    @inlinable @inline(__always)
    package mutating func null() {
        let step = steps + cursor
        let count = Int(step.pointee.nullCount)
        if count == 1 {
            writer.byte(step.pointee.nullByte)
        } else {
            guard count > 0 else { return fail(.null) }
            writer.bytes(UnsafeRawBufferPointer(start: constants + Int(step.pointee.nullOffset), count: count))
        }
        cursor = Int(step.pointee.next)
    }

    @inlinable @inline(__always)
    package mutating func boolean(_ value: Bool) {
        let step = steps + cursor
        guard step.pointee.kind == .boolean else { return fail(.misfit("a boolean")) }
        let target = branch(step, room: 1)
        target.pointee = value ? 1 : 0
        writer.end = target + 1
        cursor &+= 1
    }

    @inlinable @inline(__always)
    package mutating func integer(_ value: Int64) {
        let step = steps + cursor
        guard step.pointee.kind == .integer else { return fail(.misfit("an integer")) }
        writer.end = AvroSink.write(value, to: branch(step, room: AvroSink.varintRoom))
        cursor &+= 1
    }

    @inlinable
    package mutating func float32(_ value: Float) {
        let step = steps + cursor
        guard step.pointee.kind == .float32 else { return fail(.misfit("a 32-bit float")) }
        let target = branch(step, room: 4)
        UnsafeMutableRawPointer(target).storeBytes(of: value.bitPattern.littleEndian, as: UInt32.self)
        writer.end = target + 4
        cursor &+= 1
    }

    @inlinable
    package mutating func float64(_ value: Double) {
        let step = steps + cursor
        guard step.pointee.kind == .float64 else { return fail(.misfit("a 64-bit float")) }
        let target = branch(step, room: 8)
        UnsafeMutableRawPointer(target).storeBytes(of: value.bitPattern.littleEndian, as: UInt64.self)
        writer.end = target + 8
        cursor &+= 1
    }

    @inlinable @inline(__always)
    package mutating func text(_ utf8: UnsafeRawBufferPointer) {
        let step = steps + cursor
        guard step.pointee.kind == .string else { return symbol(utf8) }
        sized(utf8, step)
    }

    @inlinable @inline(__always)
    package mutating func formattedText(
        atMost count: Int, _ format: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>
    ) {
        let step = steps + cursor
        guard step.pointee.kind == .string else { return fail(.misfit("a string")) }
        let room = Varint.zigZagSize(Int64(count))
        let start = branch(step, room: count &+ room)
        let end = format(start + room)
        let length = end - start - room
        if Varint.zigZagSize(Int64(length)) == room {
            _ = AvroSink.write(Int64(length), to: start)
            writer.end = end
        } else {
            let text = AvroSink.write(Int64(length), to: start)
            // The length was written into its room, before the text.
            text.update(from: start + room, count: length)
            writer.end = text + length
        }
        cursor &+= 1
    }

    /// Writes a length and what has it.
    @inlinable @inline(__always)
    mutating func sized(_ content: UnsafeRawBufferPointer, _ step: UnsafePointer<AvroSinkPlan.Step>) {
        let count = content.count
        let target = AvroSink.write(Int64(count), to: branch(step, room: AvroSink.varintRoom &+ count))
        if let source = content.baseAddress {
            UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count)
        }
        writer.end = target + count
        cursor &+= 1
    }

    /// The number of a symbol of an enumeration.
    @inline(never) @usableFromInline
    mutating func symbol(_ utf8: UnsafeRawBufferPointer) {
        let step = steps + cursor
        guard step.pointee.kind == .enumeration else { return fail(.misfit("a string")) }
        let symbol = String(decoding: utf8, as: UTF8.self)
        guard let number = plan.enumerations[Int(step.pointee.detail)][ExactName(symbol)] else {
            return fail(.unknownSymbol(symbol))
        }
        writer.end = AvroSink.write(Int64(number), to: branch(step, room: AvroSink.varintRoom))
        cursor &+= 1
    }

    @inlinable
    package mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
        let step = steps + cursor
        guard step.pointee.kind == .bytes else { return otherBytes(bytes) }
        sized(bytes, step)
    }

    /// Bytes without a length.
    @inline(never) @usableFromInline
    mutating func otherBytes(_ bytes: UnsafeRawBufferPointer) {
        let step = steps + cursor
        switch step.pointee.kind {
        case .rawBytes: break
        case .fixed:
            guard bytes.count == Int(step.pointee.detail) else { return fail(.misfit("\(bytes.count) bytes")) }
            writer.end = branch(step, room: 0)
        case .integer, .boolean, .float32, .float64, .string, .bytes, .enumeration, .array, .map, .entries, .record,
            .union, .end:
            return fail(.misfit("bytes"))
        }
        writer.bytes(bytes)
        cursor &+= 1
    }

    @inlinable
    package mutating func beginStructure(_ schema: Schema) {
        let step = steps + cursor
        guard step.pointee.kind == .record else { return fail(.misfit("a struct")) }
        guard accepts(schema, step.pointee.detail) else { return fail(.mismatchingSchema) }
        writer.end = branch(step, room: 0)
        cursor &+= 1
    }

    @inline(never) @usableFromInline
    func accepts(_ schema: Schema, _ structure: Int32) -> Bool { plan.accepts(schema, structure: Int(structure)) }

    @inlinable package mutating func endStructure() {}

    @inlinable
    package mutating func beginArray(count: Int) -> Int {
        let step = steps + cursor
        let array = cursor
        guard step.pointee.kind == .array else {
            fail(.misfit("an array"))
            return cursor
        }
        let target = branch(step, room: AvroSink.varintRoom)
        writer.end = count > 0 ? AvroSink.write(Int64(count), to: target) : target
        return array
    }

    @inlinable
    package mutating func item(_ index: Int, of array: Int) {
        if failure == nil { cursor = array &+ 1 }
    }

    @inlinable
    package mutating func endArray(_ array: Int) {
        writer.byte(0)
        if failure == nil { cursor = Int(steps[array].next) }
    }

    // MARK: Fragments

    @inlinable package mutating func beginCapture() {
        cursor = 0
        captureStart = writer.count
    }

    @inlinable package mutating func skip(_ count: Int) {
        for _ in 0..<count { cursor = Int(steps[cursor].next) }
    }

    @inlinable
    package mutating func capture(into fragments: inout SinkFragments) {
        writer.withUnsafeBytes {
            fragments.append(UnsafeRawBufferPointer(rebasing: $0[captureStart...]), cursor: cursor)
        }
        writer.truncate(to: captureStart)
    }

    @inlinable package mutating func endCapture() { cursor = 0 }

    @inlinable @inline(__always)
    package mutating func splice(_ fragment: Int, of fragments: SinkFragments) {
        let found = fragments.fragments[fragment]
        fragments.bytes.withUnsafeBytes {
            writer.bytes(UnsafeRawBufferPointer(rebasing: $0[found.offset..<found.offset &+ found.count]))
        }
        cursor = found.cursor
    }
}
