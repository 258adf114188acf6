import Foundation
import Testing

/// Runs each job on a thread of its own.
///
/// Tests run on the cooperative threads, of which there is one per core, and most of them block. An asynchronous test
/// that suspends there resumes after all the tests that have not started yet, and a `Task` that a blocked test waits
/// for starts after them.
package final class ThreadExecutor: TaskExecutor {
    fileprivate static let shared = ThreadExecutor()

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Starts a task that makes progress while the cooperative threads are blocked.
    package static func start<Success: Sendable>(
        _ body: @escaping @Sendable () async throws -> Success
    ) -> Task<Success, any Error> {
        Task.detached(executorPreference: shared) { try await body() }
    }
}

/// Runs asynchronous tests on threads of their own; see `ThreadExecutor`.
package struct OwnThreadsTrait: TestTrait, SuiteTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadExecutor.shared) { try await function() }
    }
}

extension Trait where Self == OwnThreadsTrait {
    package static var ownThreads: OwnThreadsTrait { OwnThreadsTrait() }
}
