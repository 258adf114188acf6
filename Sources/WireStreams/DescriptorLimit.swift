import Foundation

/// The limit of open files and sockets of this process (`RLIMIT_NOFILE`, `ulimit -n`).
package enum DescriptorLimit {
    /// The current soft limit.
    package static var soft: Int { Int(clamping: current.rlim_cur) }

    /// The number of open descriptors.
    package static var openCount: Int {
        // One of the entries is the descriptor that the directory itself is read with.
        max(0, ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 1) - 1)
    }

    /// Raises the soft limit to the hard one, which needs no privilege. Returns the resulting soft limit.
    ///
    /// The usual soft limit of 1024 is for programs that use `select`; this one does not.
    @discardableResult
    package static func raise() -> Int {
        var limit = current
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(RLIMIT_NOFILE_KIND, &limit)
        }
        return soft
    }

    private static var current: rlimit {
        var limit = rlimit()
        // It fails for invalid arguments only.
        _ = getrlimit(RLIMIT_NOFILE_KIND, &limit)
        return limit
    }
}

// Swift imports the constant with a type of its own.
private let RLIMIT_NOFILE_KIND = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
