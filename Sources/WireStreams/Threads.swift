import Dispatch
import Foundation
import Synchronization

/// Runs `body` on a thread of its own. The only way in which threads are made here.
///
/// What the closure captures moves with it: using it afterwards does not compile.
///
/// - Parameter stackBytes: threads that only shovel bytes need little.
public func startThread(named name: String, stackBytes: Int = 1 << 20, _ body: sending @escaping () -> Void) {
    let code = createThread(named: name, stackBytes: stackBytes, body)
    precondition(code == 0, "the system refuses another thread (\(code))")
}

/// The same where peers decide how many threads there are, one for each connection: throws `.system` where the system
/// gives no more, and `body` is never run.
public func startConnectionThread(
    named name: String, stackBytes: Int = 512 << 10, _ body: sending @escaping () -> Void
) throws(StreamError) {
    let code = createThread(named: name, stackBytes: stackBytes, body)
    guard code == 0 else { throw .system(errno: code, operation: "start a thread for a connection") }
}

private func createThread(named name: String, stackBytes: Int, _ body: sending @escaping () -> Void) -> Int32 {
    let box = Unmanaged.passRetained(ThreadBody(name: name, body))
    let code = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { attributes -> Int32 in
        guard let attributes = attributes.baseAddress else { return EINVAL }
        pthread_attr_init(attributes)
        defer { pthread_attr_destroy(attributes) }
        pthread_attr_setstacksize(attributes, max(stackBytes, 128 << 10))
        pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread: pthread_t = 0
        return pthread_create(&thread, attributes, { argument in
            guard let argument else { return nil }
            let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
            Thread.current.name = body.name
            body.run()
            return nil
        }, box.toOpaque())
    }
    if code != 0 { box.release() }
    return code
}

/// Carries a closure to the one thread that runs it, once.
private final class ThreadBody {
    let name: String
    let run: () -> Void

    init(name: String, _ run: @escaping () -> Void) {
        self.name = name
        self.run = run
    }
}

/// A thread that can be waited for.
public final class ThreadCompletion: Sendable {
    private let finished = Mutex(false)
    private let signal = DispatchSemaphore(value: 0)

    public init() {}

    /// The thread's last act.
    public func finish() {
        finished.withLock { $0 = true }
        signal.signal()
    }

    /// Waits for `finish()`; false where it did not come in time.
    public func wait(milliseconds: Int) -> Bool {
        if finished.withLock({ $0 }) { return true }
        guard signal.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else {
            return finished.withLock { $0 }
        }
        // Pass the signal on, so that any number may wait.
        signal.signal()
        return true
    }
}
