import Foundation
import WireStreams

/// A child process that gets input while others are killed and started. `kill` and `finish` return when the system has
/// reaped it.
final class ChildProcess {
    private let identifier: pid_t
    private let stdin: Int32
    private var status: Int32?

    /// Starts the program.
    ///
    /// - Parameter onLine: called on a thread with each line of its output and errors, which are discarded without it.
    init(_ path: String, _ arguments: [String], onLine: (@Sendable (String) -> Void)? = nil) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ExternalProgram.Failure(description: "no pipe") }
        // Children that are started later must not keep this one's input open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        var outputs: [Int32] = [-1, -1]
        if onLine != nil {
            guard pipe(&outputs) == 0 else { throw ExternalProgram.Failure(description: "no pipe") }
            for end in outputs { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        for descriptor in [1, 2] as [Int32] {
            if onLine == nil {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
            } else {
                posix_spawn_file_actions_adddup2(&actions, outputs[1], descriptor)
            }
        }
        var pointers = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, nil, &pointers, environ)
        close(ends[0])
        if let onLine {
            close(outputs[1])
            Self.read(outputs[0], onLine)
        }
        guard code == 0 else { throw ExternalProgram.Failure(description: "\(path) cannot be started: \(code)") }
        identifier = child
        stdin = ends[1]
    }

    deinit { kill() }

    private static func read(_ descriptor: Int32, _ onLine: @escaping @Sendable (String) -> Void) {
        startThread(named: "child-output") {
            var rest: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { break }
                rest += buffer[..<count]
                while let end = rest.firstIndex(of: 0x0A) {
                    onLine(String(decoding: rest[..<end], as: UTF8.self))
                    rest.removeSubrange(...end)
                }
            }
            close(descriptor)
        }
    }

    /// Writes to the child's standard input and waits until all of it is written.
    func write(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(stdin, $0.baseAddress, $0.count) }
            guard count > 0 else { throw ExternalProgram.Failure(description: "the child does not read any more") }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Closes its input and waits for its end; returns the exit code, or nil if a signal ended it.
    func finish() -> Int32? {
        close(stdin)
        return wait()
    }

    /// Sends SIGKILL and waits until the process has ended.
    func kill() {
        guard status == nil else { return }
        Glibc.kill(identifier, SIGKILL)
        close(stdin)
        _ = wait()
    }

    private func wait() -> Int32? {
        var code: Int32 = 0
        while waitpid(identifier, &code, 0) < 0, errno == EINTR {}
        status = code
        return code & 0x7F == 0 ? code >> 8 & 0xFF : nil
    }
}
