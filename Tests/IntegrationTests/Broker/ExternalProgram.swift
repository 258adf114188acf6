import Foundation

/// A third-party program that proves interoperability.
struct ExternalProgram: Sendable {
    let path: String

    /// Nil if the program is not installed.
    init?(_ name: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let candidates = folders.map { "\($0)/\(name)" }
        guard let path = candidates.first(where: FileManager.default.isExecutableFile) else { return nil }
        self.path = path
    }

    /// Throws if it is not installed, so that a test that needs it fails instead of being skipped.
    static func kcat() throws -> ExternalProgram {
        guard let kcat = ExternalProgram("kcat") else {
            throw Failure(description: "kcat is not installed; the remedy: scripts/packages test")
        }
        return kcat
    }

    /// The system's Python with Debian's python3-kafka, or another one that has kafka-python. Throws if there is
    /// neither.
    static func kafkaPython() throws -> ExternalProgram {
        for python in [ExternalProgram(path: "/usr/bin/python3"), ExternalProgram("python3")].compactMap({ $0 })
        where (try? python.run(["-c", "import kafka"])) != nil { return python }
        throw Failure(description: "no Python has kafka-python; the remedy: scripts/packages test")
    }

    private init(path: String) { self.path = path }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs the program and returns its output. Throws if it fails; a program that hangs is ended by `timeout`.
    @discardableResult
    func run(_ arguments: [String], input: String = "", timeoutSeconds: Int = 120) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["-k", "5", "\(timeoutSeconds)", path] + arguments
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        // A program that prints many errors must not block on them.
        let complaints = DispatchQueue(label: "complaints")
        let collected = Collected()
        complaints.async { collected.data = stderr.fileHandleForReading.readDataToEndOfFile() }
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = complaints.sync { String(decoding: collected.data, as: UTF8.self) }
            throw Failure(description: "\(path) \(arguments) ended with \(process.terminationStatus): \(text)")
        }
        return String(decoding: output, as: UTF8.self)
    }
}

// Written and read on one serial queue only.
private final class Collected: @unchecked Sendable {
    var data = Data()
}

/// A temporary directory that is removed when the test ends.
final class ScratchDirectory: Sendable {
    let path = NSTemporaryDirectory() + "cdcd-integration-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
