/// A benchmark: a body that is timed.
struct Benchmark {
    let name: String
    /// The name of one unit, for example a row.
    let unit: String
    /// The number of units that one call of the body processes.
    let unitsPerCall: Int
    /// The number of bytes that one call processes; nil if bytes are irrelevant.
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

/// Consumes a value in a way that the compiler cannot optimize away, so that the work that produced it is done.
@inline(never)
@_optimize(none)
func blackHole<T>(_ value: borrowing T) {}
