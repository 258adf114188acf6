/// One thing to be timed.
struct Benchmark {
    let name: String
    /// What one unit is, for example a row.
    let unit: String
    /// How many units one call of the body works through.
    let unitsPerCall: Int
    /// Bytes that one call works through; nil if bytes tell nothing.
    var bytesPerCall: Int?
    let body: () throws -> Void

    init(_ name: String, unit: String, units: Int, bytes: Int? = nil, body: @escaping () throws -> Void) {
        self.name = name
        self.unit = unit
        unitsPerCall = max(1, units)
        bytesPerCall = bytes
        self.body = body
    }
}

/// Takes a value in a way that the compiler cannot see through, so that the work behind it is done.
@inline(never)
@_optimize(none)
func blackHole<T>(_ value: borrowing T) {}
