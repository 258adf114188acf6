import Foundation

/// A child process that gets input while others are killed and started. `kill` and `finish` return when the system has
/// reaped it.
final class ChildProcess {
    private let identifier: pid_t
    private let stdin: Int32
    private var status: Int32?

    /// Starts the program; its output is discarded.
    init(_ path: String, _ arguments: [String]) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ExternalProgram.Failure(description: "no pipe") }
        // Children that are started later must not keep this one's input open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        for descriptor in [1, 2] as [Int32] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var pointers = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, nil, &pointers, environ)
        close(ends[0])
        guard code == 0 else { throw ExternalProgram.Failure(description: "\(path) cannot be started: \(code)") }
        identifier = child
        stdin = ends[1]
    }

    deinit { kill() }

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
