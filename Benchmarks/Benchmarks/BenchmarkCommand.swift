import Foundation

@main
enum BenchmarkCommand {
    static func main() {
        do {
            let options = try BenchmarkOptions(Array(CommandLine.arguments.dropFirst()))
            if options.wantsHelp {
                print(BenchmarkOptions.help)
                return
            }
            try run(options)
        } catch {
            FileHandle.standardError.write(Data("Benchmarks: \(error)\n".utf8))
            exit(2)
        }
    }

    private static func run(_ options: BenchmarkOptions) throws {
        let baseline = try options.baselinePath.map { path in
            try JSONDecoder().decode([Measurement].self, from: Data(contentsOf: URL(filePath: path)))
        }
        let watch = StopWatch(runCount: options.runCount, runMilliseconds: options.runMilliseconds)
        let table = ResultTable(baseline: baseline)
        if !options.writesJSON { print(table.head) }
        var measurements: [Measurement] = []
        for suite in [
            rowBenchmarks, binlogBenchmarks, emissionBenchmarks, recordBenchmarks, textBenchmarks,
        ] {
            for benchmark in try suite() where options.filter.map({ benchmark.name.contains($0) }) ?? true {
                let measurement = try watch.measure(benchmark)
                measurements.append(measurement)
                if !options.writesJSON { print(table.line(measurement)) }
            }
        }
        try options.checkAllocations(measurements)
        guard options.writesJSON else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        print(String(decoding: try encoder.encode(measurements), as: UTF8.self))
    }
}
