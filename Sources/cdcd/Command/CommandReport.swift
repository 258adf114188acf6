import KafkaProtocol
import KafkaWire
import WireCore

/// The results of a command for several items: data to the standard output, errors and progress to the standard error.
struct CommandReport: ~Copyable {
    private let writesJSON: Bool
    private var rows: [[String]] = []
    private var hasFailed = false

    init(_ arguments: CommandArguments) { writesJSON = arguments.writesJSON }

    /// 0, or 1 if an item failed.
    var exitCode: Int32 { hasFailed ? 1 : 0 }

    /// A row of a table that is printed when it is complete, the titles of its columns first.
    mutating func row(_ cells: [String]) { if !writesJSON { rows.append(cells) } }

    /// A JSON document on a line of its own.
    func document(_ object: @autoclosure () -> JSONObject) throws(CommandError) {
        guard writesJSON else { return }
        try StandardOutput.print(String(decoding: JSONValue.object(object()).encoded(), as: UTF8.self))
    }

    func text(_ line: String) throws(CommandError) { if !writesJSON { try StandardOutput.print(line) } }

    /// - Parameter topic: the topic that the error is about, if it is about one.
    mutating func failure(_ error: KafkaError, topic: String? = nil) {
        hasFailed = true
        let error: any Error = topic.map { error.about(topic: $0) } ?? error
        StandardError.print("cdcd: \(error)")
    }

    /// What was done, for a user who watches.
    func done(_ text: @autoclosure () -> String) { if Terminal.isStandardError { StandardError.print(text()) } }

    /// Prints the rows as a table with aligned columns.
    mutating func printTable() throws(CommandError) {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            try StandardOutput.print(cells.joined(separator: "  "))
        }
        rows = []
    }
}
