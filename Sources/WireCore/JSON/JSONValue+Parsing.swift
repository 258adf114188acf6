extension JSONValue {
    /// The maximum nesting of arrays and objects in a document that is read: far deeper than any valid document, and
    /// shallow enough that the threads of connections, whose stacks are small, can read, compare and write it.
    package static let depthMax = 64

    /// Reads one document in the strict grammar of RFC 8259, surrounded by nothing but white space.
    ///
    /// Whole numbers within 64 bits are exact, all others become doubles. Of members with the same name the
    /// last one counts. A lone surrogate escape becomes U+FFFD.
    ///
    /// - Parameter numbersAsText: numbers become strings of the text they are written in (`1.50`, `1e3`), as Jackson
    ///   reads them into maps of strings.
    /// - Parameter truncatesIntegers: as for `JSONReader`.
    /// - Parameter depthMax: the maximum nesting; the caller's thread must have the stack for it.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, numbersAsText: Bool = false, truncatesIntegers: Bool = false,
        depthMax: Int = depthMax
    ) throws(JSONError) -> JSONValue {
        var reader = JSONReader(
            bytes, numbersAsText: numbersAsText, truncatesIntegers: truncatesIntegers, depthMax: depthMax)
        let value = try reader.value()
        try reader.finish()
        return value
    }

    package static func parse(
        _ bytes: [UInt8], numbersAsText: Bool = false, depthMax: Int = depthMax
    ) throws(JSONError) -> JSONValue {
        try bytes.span.bytes.withUnsafeBytes { (buffer) throws(JSONError) in
            try parse(buffer, numbersAsText: numbersAsText, depthMax: depthMax)
        }
    }

    package static func parse(_ text: String) throws(JSONError) -> JSONValue { try parse([UInt8](text.utf8)) }
}
