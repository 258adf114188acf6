import ConnectRuntime
import Foundation
import WireCore
import WireStreams

/// The program: parses the command line and runs the command.
///
/// Exit codes: 0 success, 1 failure at start or while running, 2 wrong usage.
@main
struct CDCD {
    static let version = "0.1.0"

    static func main() {
        StandardStreams.occupyClosed()
        do {
            let code = try run(Array(CommandLine.arguments.dropFirst()))
            LogSystem.shared.flush(timeoutMilliseconds: 500)
            exit(code)
        } catch let error as UsageError {
            let help = error.command.map { "cdcd help \($0)" } ?? "cdcd --help"
            StandardError.print("cdcd: \(error)\nTry `\(help)` for more.")
            exit(2)
        } catch {
            LogSystem.shared.flush(timeoutMilliseconds: 500)
            StandardError.print("cdcd: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws -> Int32 {
        let request = try Invocation.parse(arguments) { FileManager.default.fileExists(atPath: $0) }
        switch request {
        case .showHelp(nil): try StandardOutput.print(HelpText.program(), terminator: "")
        case .showHelp(let command?): try StandardOutput.print(HelpText.command(command), terminator: "")
        case .showVersion: try StandardOutput.print("cdcd \(version)")
        case .run(let invocation):
            if invocation.command.isService {
                startLogging(invocation)
                DescriptorLimit.raise()
            }
            return try invocation.command.run(invocation)
        }
        return 0
    }

    private static func startLogging(_ invocation: Invocation) {
        let format = invocation.value(of: "log-format").flatMap(LogFormat.init) ?? .connect
        LogSystem.shared.install(LineLogHandler(format: format))
        if let level = invocation.value(of: "log-level").flatMap(LogLevel.init(name:)) { LogSystem.shared.level = level }
    }
}
