import RowWorkloads

/// The path of a row from the server's bytes to the finished batch of the producer, as `scripts/count-instructions`
/// counts it, with row events of the size that servers write.
func rowBenchmarks() throws -> [Benchmark] {
    let rowCount = 100_000
    return try RowWorkload.allCases.map { workload in
        let prepared = try PreparedWorkload(workload)
        return Benchmark("rows/\(workload.rawValue)", unit: "row", units: rowCount) {
            blackHole(try prepared.run(rowCount: rowCount))
        }
    }
}
