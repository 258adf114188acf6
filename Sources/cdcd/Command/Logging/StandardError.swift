import Foundation

/// Messages for the user of the command line.
enum StandardError {
    static func print(_ text: String) {
        do {
            try FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
        } catch {
            // Nothing reads the message any more; the exit code still reports the failure.
        }
    }
}

/// The descriptors 0 to 2.
enum StandardStreams {
    /// Occupies those that were closed when the program began, so that no file or socket gets one of them: what is
    /// written to the standard output would go into a connection. Reading and writing still fail.
    static func occupyClosed() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free one is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

/// The output of a command.
enum StandardOutput {
    /// Throws `CommandError` if the text cannot be written, for example to a full disk or a closed pipe.
    static func print(_ text: String, terminator: String = "\n") throws(CommandError) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((text + terminator).utf8))
        } catch {
            throw CommandError("cannot write to the standard output: \(Self.reason(of: error))")
        }
    }

    /// The system's error message.
    private static func reason(of error: any Error) -> String {
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
        return cause.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(cause.code))) : "\(error)"
    }
}

/// A failure of a command, with its place, cause and remedy.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
