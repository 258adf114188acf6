import CAllocationCount

/// The result of one benchmark.
struct Measurement: Codable {
    let name: String
    let unit: String
    /// Nanoseconds for one unit: the median of all runs, and the interquartile range.
    let medianNanoseconds: Double
    let spreadNanoseconds: Double
    let allocationsPerUnit: Double
    let bytesPerUnit: Double?

    var megabytesPerSecond: Double? { bytesPerUnit.map { $0 * 1000 / medianNanoseconds } }
    /// The interquartile range in percent of the median.
    var spreadPercent: Double { spreadNanoseconds * 100 / medianNanoseconds }
}

/// Times a benchmark: some calls to warm up, then runs with enough calls that the clock's own cost is negligible.
struct StopWatch {
    let runCount: Int
    let runMilliseconds: Int

    func measure(_ benchmark: Benchmark) throws -> Measurement {
        let callCount = try warmUp(benchmark)
        var samples: [Double] = []
        var allocations: UInt64 = .max
        for _ in 0..<runCount {
            let before = allocation_count()
            let time = try time(benchmark, callCount)
            allocations = min(allocations, allocation_count() - before)
            samples.append(time / Double(callCount * benchmark.unitsPerCall))
        }
        samples.sort()
        let units = Double(callCount * benchmark.unitsPerCall)
        return Measurement(
            name: benchmark.name, unit: benchmark.unit, medianNanoseconds: samples[samples.count / 2],
            spreadNanoseconds: samples[samples.count * 3 / 4] - samples[samples.count / 4],
            allocationsPerUnit: Double(allocations) / units,
            bytesPerUnit: benchmark.bytesPerCall.map { Double($0) / Double(benchmark.unitsPerCall) })
    }

    /// Determines the number of calls in a run, which also warms up caches and branch predictors.
    private func warmUp(_ benchmark: Benchmark) throws -> Int {
        let wanted = Double(runMilliseconds) * 1_000_000
        var callCount = 1
        while true {
            let elapsed = try time(benchmark, callCount)
            if elapsed >= wanted / 2 { return max(1, Int(Double(callCount) * wanted / elapsed)) }
            callCount *= 2
        }
    }

    /// Nanoseconds.
    private func time(_ benchmark: Benchmark, _ callCount: Int) throws -> Double {
        let start = ContinuousClock.now
        for _ in 0..<callCount { try benchmark.body() }
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) * 1e9 + Double(elapsed.attoseconds) / 1e9
    }
}
