import Foundation

/// How many files and sockets this process may have open at once (`RLIMIT_NOFILE`, `ulimit -n`).
package enum DescriptorLimit {
    /// What holds now.
    package static var soft: Int { Int(clamping: current.rlim_cur) }

    /// How many are open.
    package static var openCount: Int {
        // One of the names is the descriptor with which the directory is read.
        max(0, ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 1) - 1)
    }

    /// Raises the soft limit to the hard one, which needs no privilege. Returns the soft limit that holds then.
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
        // It fails for wrong arguments only.
        _ = getrlimit(RLIMIT_NOFILE_KIND, &limit)
        return limit
    }
}

// Swift imports the constant as a type of its own.
private let RLIMIT_NOFILE_KIND = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
