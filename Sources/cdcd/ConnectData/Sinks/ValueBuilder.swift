/// The sink that builds values of the data model, for transforms and converters that need them.
@usableFromInline package struct ValueBuilder: ValueSink {
    /// A struct or array whose values are not complete.
    private struct Container {
        /// nil: an array.
        let schema: Schema?
        var values: ContiguousArray<ConnectValue> = []
    }

    private var containers: [Container] = []
    private var result: ConnectValue = .null

    package init() {}

    /// The value that was written; `.null` if none was. Empties the builder.
    package mutating func takeValue() -> ConnectValue {
        precondition(containers.isEmpty, "a struct or array was not ended")
        defer { result = .null }
        return result
    }

    @usableFromInline package mutating func value(_ value: ConnectValue) {
        if containers.isEmpty { result = value } else { containers[containers.count - 1].values.append(value) }
    }

    @usableFromInline package mutating func null() { value(.null) }
    @usableFromInline package mutating func boolean(_ flag: Bool) { value(.boolean(flag)) }
    @usableFromInline package mutating func integer(_ number: Int64) { value(.integer(number)) }
    @usableFromInline package mutating func float32(_ number: Float) { value(.float32(number)) }
    @usableFromInline package mutating func float64(_ number: Double) { value(.float64(number)) }
    @usableFromInline package mutating func text(_ utf8: UnsafeRawBufferPointer) {
        value(.string(String(decoding: utf8, as: UTF8.self)))
    }

    @usableFromInline package mutating func formattedText(
        atMost count: Int, _ format: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>
    ) {
        value(
            .string(
                String(unsafeUninitializedCapacity: count) { buffer in
                    buffer.baseAddress.map { format($0) - $0 } ?? 0
                }))
    }

    @usableFromInline package mutating func bytes(_ bytes: UnsafeRawBufferPointer) { value(.bytes([UInt8](bytes))) }
    @usableFromInline package mutating func decimal(unscaled: Int64) { value(.bytes(UnscaledDecimal.bytes(unscaled))) }

    @usableFromInline package mutating func beginStructure(_ schema: Schema) {
        var container = Container(schema: schema)
        container.values.reserveCapacity(schema.fields.count)
        containers.append(container)
    }

    @usableFromInline package mutating func endStructure() {
        let container = containers.removeLast()
        guard let schema = container.schema else { preconditionFailure("an array ends with endArray") }
        value(.structure(Struct(schema: schema, values: container.values)))
    }

    @usableFromInline package mutating func beginArray(count: Int) -> Int {
        var container = Container(schema: nil)
        container.values.reserveCapacity(count)
        containers.append(container)
        return containers.count - 1
    }

    @usableFromInline package mutating func item(_ index: Int, of array: Int) {}

    @usableFromInline package mutating func endArray(_ array: Int) {
        value(.array(Array(containers.removeLast().values)))
    }
}
