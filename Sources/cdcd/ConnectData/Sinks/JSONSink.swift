import WireCore

/// The sink of JsonConverter: writes the text of a value of one schema.
@usableFromInline package struct JSONSink: ByteSink, ~Copyable {
    /// Why the value cannot be written.
    @usableFromInline enum Failure {
        /// A null that the schema does not allow.
        case null
        /// A value of the named kind where the schema has another kind, or no further value.
        case misfit(String)
        case mismatchingSchema
        case keyIsNoString
        case schemaless(DataError)
    }

    @usableFromInline let plan: JSONSinkPlan
    @usableFromInline let steps: UnsafePointer<JSONSinkPlan.Step>
    @usableFromInline let constants: UnsafeRawPointer
    @usableFromInline var writer: ByteWriter
    /// The step of the next value.
    @usableFromInline var cursor = 0
    @usableFromInline var captureStart = 0
    /// The text begins there.
    @usableFromInline let start: Int
    /// The first failure and its step.
    @usableFromInline var failure: (reason: Failure, step: Int)?

    /// - Parameter writer: the text is written after its content.
    @inlinable package init(_ plan: JSONSinkPlan, _ writer: consuming ByteWriter) {
        self.plan = plan
        steps = UnsafePointer(plan.steps)
        constants = UnsafeRawPointer(plan.constants)
        start = writer.count
        self.writer = writer
    }

    // MARK: Results

    /// Begins the text of a value: discards what was written.
    @inlinable package mutating func begin() {
        writer.truncate(to: start)
        cursor = 0
        failure = nil
        if plan.envelope.count > 0 { append(plan.envelope) }
    }

    /// Ends the text of the value. Returns false if a value did not fit its schema; see `error`.
    @inlinable package mutating func end() -> Bool {
        if plan.isInObject { writer.byte(UInt8(ascii: "}")) }
        return failure == nil
    }

    /// The content of the memory, which ends with the text.
    @inlinable package func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R { try writer.withUnsafeBytes(body) }

    /// Returns the memory. It has no text of a value that did not fit its schema.
    @inlinable package consuming func takeWriter() -> ByteWriter {
        if failure != nil { writer.truncate(to: start) }
        return writer
    }

    /// Why the value could not be written; nil if it could.
    @usableFromInline
    package var error: DataError? {
        guard let (reason, step) = failure else { return nil }
        let name = plan.names[step]
        switch reason {
        case .null:
            return DataError(
                "Conversion error: null value for field that is required and has no default value"
                    + (name.isEmpty ? "" : " (\(name))"))
        case .misfit(let kind):
            let place = name.isEmpty ? "the value" : name
            return DataError("Conversion error: \(place) is \(kind), which does not fit its schema")
        case .mismatchingSchema: return DataError("Mismatching schema.")
        case .keyIsNoString: return DataError("Conversion error: a key of the map \(name) is not a string")
        case .schemaless(let error): return error
        }
    }

    /// The text of a value without an envelope.
    package static func text(
        of value: ConnectValue, _ schema: Schema, _ options: JSONSinkOptions
    ) throws(DataError) -> [UInt8] {
        var sink = JSONSink(try JSONSinkPlan(schema, options: options.withoutSchemas), ByteWriter(capacityBytes: 64))
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

    @inlinable @inline(__always)
    mutating func append(_ text: JSONSinkPlan.Text) {
        writer.bytes(UnsafeRawBufferPointer(start: constants + Int(text.offset), count: Int(text.count)))
    }

    /// Writes the step's prefix. Returns the address after it, with room for `count` bytes and a block.
    @inlinable @inline(__always)
    mutating func prefix(_ step: UnsafePointer<JSONSinkPlan.Step>, room count: Int) -> UnsafeMutablePointer<UInt8> {
        typealias Block = SIMD16<UInt8>
        let block = JSONSinkPlan.blockBytes
        let prefixCount = Int(step.pointee.prefix.count)
        let start = writer.room(for: prefixCount &+ count &+ block)
        var source = constants + Int(step.pointee.prefix.offset)
        var target = UnsafeMutableRawPointer(start)
        // Most names need one or two blocks; what is copied beyond the prefix is overwritten.
        var left = prefixCount
        while left > 0 {
            target.storeBytes(of: source.loadUnaligned(as: Block.self), as: Block.self)
            source += block
            target += block
            left &-= block
        }
        return start + prefixCount
    }

    // MARK: Values

    @inlinable @inline(__always)
    package mutating func null() {
        let step = steps + cursor
        guard step.pointee.mayBeNull else { return fail(.null) }
        writer.end = prefix(step, room: 0)
        append(step.pointee.null)
        cursor = Int(step.pointee.next)
    }

    @inlinable @inline(__always)
    package mutating func boolean(_ value: Bool) {
        let step = steps + cursor
        guard step.pointee.kind == .boolean else { return fail(.misfit("a boolean")) }
        writer.end = prefix(step, room: 0)
        value ? writer.literal("true") : writer.literal("false")
        cursor &+= 1
    }

    @inlinable @inline(__always)
    package mutating func integer(_ value: Int64) {
        let step = steps + cursor
        guard step.pointee.kind == .integer else { return fail(.misfit("an integer")) }
        writer.end = IntegerText.write(value, to: prefix(step, room: IntegerText.roomBytes))
        cursor &+= 1
    }

    @inlinable
    package mutating func float32(_ value: Float) {
        let step = steps + cursor
        guard step.pointee.kind == .float32 else { return fail(.misfit("a 32-bit float")) }
        writer.end = prefix(step, room: 0)
        writer.jsonNumber(value)
        cursor &+= 1
    }

    @inlinable
    package mutating func float64(_ value: Double) {
        let step = steps + cursor
        guard step.pointee.kind == .float64 else { return fail(.misfit("a 64-bit float")) }
        writer.end = prefix(step, room: 0)
        writer.jsonNumber(value)
        cursor &+= 1
    }

    @inlinable @inline(__always)
    package mutating func text(_ utf8: UnsafeRawBufferPointer) {
        let step = steps + cursor
        guard step.pointee.kind == .string else { return fail(.misfit("a string")) }
        var end = prefix(step, room: 1)
        end.pointee = UInt8(ascii: "\"")
        end += 1
        writer.end = end
        writer.jsonEscaped(utf8)
        writer.byte(UInt8(ascii: "\""))
        cursor &+= 1
    }

    @inlinable @inline(__always)
    package mutating func formattedText(
        atMost count: Int, _ format: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>
    ) {
        let step = steps + cursor
        guard step.pointee.kind == .string else { return fail(.misfit("a string")) }
        var end = prefix(step, room: count &+ 2)
        end.pointee = UInt8(ascii: "\"")
        end += 1
        end = format(end)
        end.pointee = UInt8(ascii: "\"")
        writer.end = end + 1
        cursor &+= 1
    }

    @inlinable
    package mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
        let step = steps + cursor
        if step.pointee.kind == .bytes {
            writer.end = prefix(step, room: 0)
            writer.jsonBase64(bytes)
        } else {
            guard step.pointee.kind == .decimalAsNumber else { return fail(.misfit("bytes")) }
            writer.end = prefix(step, room: 0)
            writer.utf8(UnscaledDecimal.javaText([UInt8](bytes), scale: Int(step.pointee.decimalScale)))
        }
        cursor &+= 1
    }

    @inlinable
    package mutating func beginStructure(_ schema: Schema) {
        let step = steps + cursor
        guard step.pointee.kind == .structure else { return fail(.misfit("a struct")) }
        guard accepts(schema, step.pointee.structure) else { return fail(.mismatchingSchema) }
        writer.end = prefix(step, room: 0)
        if Int(step.pointee.next) == cursor &+ 1 { writer.byte(UInt8(ascii: "{")) }
        cursor &+= 1
    }

    @inline(never) @usableFromInline
    func accepts(_ schema: Schema, _ structure: Int32) -> Bool { plan.accepts(schema, structure: Int(structure)) }

    @inlinable package mutating func endStructure() { writer.byte(UInt8(ascii: "}")) }

    @inlinable
    package mutating func beginArray(count: Int) -> Int {
        let step = steps + cursor
        let array = cursor
        guard step.pointee.kind == .array else {
            fail(.misfit("an array"))
            return cursor
        }
        writer.end = prefix(step, room: 0)
        writer.byte(UInt8(ascii: "["))
        return array
    }

    @inlinable
    package mutating func item(_ index: Int, of array: Int) {
        if index > 0 { writer.byte(UInt8(ascii: ",")) }
        if failure == nil { cursor = array &+ 1 }
    }

    @inlinable
    package mutating func endArray(_ array: Int) {
        writer.byte(UInt8(ascii: "]"))
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
