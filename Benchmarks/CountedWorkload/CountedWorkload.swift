import Foundation
import RowWorkloads

/// Runs one workload once, for a tool that counts its instructions: `CountedWorkload WORKLOAD ROWS`. Prints the numbers
/// of produced records and bytes.
@main
enum CountedWorkload {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let workload = arguments.first.flatMap({ RowWorkload(rawValue: $0) }),
            let rowCount = arguments.last.flatMap({ Int($0) })
        else {
            let names = RowWorkload.allCases.map(\.rawValue).joined(separator: "|")
            FileHandle.standardError.write(Data("usage: CountedWorkload \(names) ROWS\n".utf8))
            exit(2)
        }
        do {
            let outcome = try workload.run(rowCount: rowCount)
            print("\(outcome.recordCount) \(outcome.byteCount)")
        } catch {
            FileHandle.standardError.write(Data("CountedWorkload: \(error)\n".utf8))
            exit(1)
        }
    }
}
