/// The command line.
struct BenchmarkOptions {
    private(set) var filter: String?
    private(set) var baselinePath: String?
    private(set) var writesJSON = false
    private(set) var wantsHelp = false
    private(set) var runCount = 15
    private(set) var runMilliseconds = 40
    private var allocationsMax: Double?

    static let help = """
        usage: Benchmarks [option...]

          --filter TEXT      only the benchmarks whose names contain TEXT
          --json             write JSON, to compare with later
          --baseline FILE    the JSON of an earlier run: show how much slower (above 1) or faster (below 1) it is now
          --runs N           how often each is timed (15)
          --milliseconds N   how long one of those takes, about (40)
          --allocations N    fail if a benchmark makes more than N allocations per unit

        A line is the median of all runs; the spread is the distance of the middle half in hundredths of it. Compare
        only what ran on the same quiet machine. Allocations are calls of the allocator on the benchmark's thread.
        """

    struct UsageError: Error, CustomStringConvertible {
        let description: String
    }

    /// Throws if a benchmark makes more allocations than are allowed.
    func checkAllocations(_ measurements: [Measurement]) throws {
        guard let allocationsMax else { return }
        for measurement in measurements where measurement.allocationsPerUnit > allocationsMax {
            throw UsageError(
                description: "\(measurement.name) makes \(measurement.allocationsPerUnit) allocations per "
                    + "\(measurement.unit), more than \(allocationsMax)")
        }
    }

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        func value(of option: String) throws -> String {
            guard let value = rest.popFirst() else {
                throw UsageError(description: "\(option) takes a value; see --help")
            }
            return value
        }
        func number(of option: String) throws -> Int {
            guard let number = Int(try value(of: option)), (1...100_000).contains(number) else {
                throw UsageError(description: "\(option) takes a number from 1 on; see --help")
            }
            return number
        }
        while let option = rest.popFirst() {
            switch option {
            case "--filter": filter = try value(of: option)
            case "--baseline": baselinePath = try value(of: option)
            case "--runs": runCount = try number(of: option)
            case "--milliseconds": runMilliseconds = try number(of: option)
            case "--allocations":
                let text = try value(of: option)
                guard let limit = Double(text) else {
                    throw UsageError(description: "\(option) takes a number; see --help")
                }
                allocationsMax = limit
            case "--json": writesJSON = true
            case "--help", "-h": wantsHelp = true
            default: throw UsageError(description: "unknown option \(option); see --help")
            }
        }
    }
}
