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

/// What a command was asked to print.
enum StandardOutput {
    /// Throws `CommandError` where it cannot be written: to a full disk, or to a reader that is gone.
    static func print(_ text: String, terminator: String = "\n") throws(CommandError) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((text + terminator).utf8))
        } catch {
            throw CommandError("cannot write to the standard output: \(Self.reason(of: error))")
        }
    }

    /// The system's own words.
    private static func reason(of error: any Error) -> String {
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
        return cause.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(cause.code))) : "\(error)"
    }
}

/// What stops a command: what, where, why and the remedy.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
