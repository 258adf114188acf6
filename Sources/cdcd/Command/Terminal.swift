import Foundation

/// Whether somebody sees the output: progress is shown only then.
enum Terminal {
    static var isStandardInput: Bool { isatty(STDIN_FILENO) == 1 }
    static var isStandardError: Bool { isatty(STDERR_FILENO) == 1 }
    static var isStandardOutput: Bool { isatty(STDOUT_FILENO) == 1 }
}
