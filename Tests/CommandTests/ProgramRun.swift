import Foundation

/// One run of the built program: its output and its exit status.
struct ProgramRun {
    let output: String
    let errors: String
    /// nil if a signal ended it.
    let exitCode: Int32?
    /// The signal that ended it.
    let signal: Int32?

    /// The executable that is built into the same folder as the tests.
    private static func executable() throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "cdcd")
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - terminateAt: SIGTERM is sent once the output holds this text.
    ///   - descriptorLimit: how many files and sockets the program may have open.
    ///   - closed: a descriptor that is closed when the program begins.
    init(
        _ arguments: [String], standardOutput: String? = nil, terminateAt text: String? = nil,
        descriptorLimit: Int? = nil, closed: Int? = nil
    ) throws {
        let process = Process()
        if descriptorLimit != nil || closed != nil {
            process.executableURL = URL(filePath: "/bin/sh")
            let limit = descriptorLimit.map { "ulimit -n \($0) && " } ?? ""
            let script = "\(limit)exec \"$0\" \"$@\"\(closed.map { " \($0)>&-" } ?? "")"
            process.arguments = ["-c", script, try Self.executable().path] + arguments
        } else {
            process.executableURL = try Self.executable()
            process.arguments = arguments
        }
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = try standardOutput.map { try FileHandle(forWritingTo: URL(filePath: $0)) } ?? output
        process.standardError = errors
        // A child inherits the signal mask of its thread, and the threads of tests block every signal.
        var (everything, held) = (sigset_t(), sigset_t())
        sigfillset(&everything)
        pthread_sigmask(SIG_UNBLOCK, &everything, &held)
        defer { pthread_sigmask(SIG_SETMASK, &held, nil) }
        try process.run()
        // A program that hangs fails its test instead of blocking all others.
        let child = process.processIdentifier
        let watchdog = DispatchWorkItem { kill(child, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(30), execute: watchdog)
        defer { watchdog.cancel() }
        var printed = Data()
        if standardOutput == nil {
            var hasTerminated = false
            while true {
                let piece = output.fileHandleForReading.availableData
                if piece.isEmpty { break }
                printed += piece
                let hasCome = text.map { String(decoding: printed, as: UTF8.self).contains($0) } ?? false
                guard hasCome, !hasTerminated else { continue }
                process.terminate()
                hasTerminated = true
            }
        }
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        self.output = String(decoding: printed, as: UTF8.self)
        self.errors = String(decoding: text, as: UTF8.self)
        let hasExited = process.terminationReason == .exit
        exitCode = hasExited ? process.terminationStatus : nil
        signal = hasExited ? nil : process.terminationStatus
    }
}

/// A temporary directory for one test, removed with this object.
final class ScratchDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "cdcd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { _ = try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let path = "\(path)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }
}
