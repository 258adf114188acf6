import Foundation

/// Runs `body` on a thread of its own. No other code of this package creates threads.
///
/// Values that the closure captures and that are not `Sendable` move to the thread: using them afterwards does not
/// compile. An object that runs itself on a thread is captured as `[self]`.
///
/// - Parameters:
///   - stackBytes: the size of the stack; threads that only copy bytes need little.
///   - completion: finished when `body` has returned.
package func startThread(
    named name: String, stackBytes: Int = 1 << 20, completion: ThreadCompletion? = nil,
    _ body: sending @escaping () -> Void
) {
    let code = createThread(named: name, stackBytes: stackBytes, completion, body)
    precondition(code == 0, "the system cannot create another thread (errno \(code))")
}

/// Runs `body` on a thread of its own, for threads whose number depends on peers, one for each connection.
///
/// Throws `StreamError.system` if the system cannot create another thread; then `body` never runs.
package func startConnectionThread(
    named name: String, stackBytes: Int = 512 << 10, _ body: sending @escaping () -> Void
) throws(StreamError) {
    let code = createThread(named: name, stackBytes: stackBytes, nil, body)
    guard code == 0 else { throw .system(errno: code, operation: "start a thread for a connection") }
}

private func createThread(
    named name: String, stackBytes: Int, _ completion: ThreadCompletion?, _ body: sending @escaping () -> Void
) -> Int32 {
    let box = Unmanaged.passRetained(ThreadStart(name: name, completion: completion, body))
    let code = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { attributes -> Int32 in
        guard let attributes = attributes.baseAddress else { return EINVAL }
        pthread_attr_init(attributes)
        defer { pthread_attr_destroy(attributes) }
        pthread_attr_setstacksize(attributes, max(stackBytes, 128 << 10))
        pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread: pthread_t = 0
        return pthread_create(&thread, attributes, { argument in
            guard let argument else { return nil }
            let body = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
            Thread.current.name = body.name
            body.run()
            body.completion?.finish()
            return nil
        }, box.toOpaque())
    }
    if code != 0 { box.release() }
    return code
}

/// Carries a closure to the thread that runs it once.
private final class ThreadStart {
    let name: String
    let completion: ThreadCompletion?
    let run: () -> Void

    init(name: String, completion: ThreadCompletion?, _ run: @escaping () -> Void) {
        self.name = name
        self.completion = completion
        self.run = run
    }
}
