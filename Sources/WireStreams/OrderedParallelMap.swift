import Foundation

/// Transforms values on several threads, and returns the results to one thread in the order of the values.
///
/// The thread that adds values also takes the results; it decides how many values are in work. The threads are started
/// with the first value and end with `close`.
package final class OrderedParallelMap<Input: Sendable, Output: Sendable>: Sendable {
    private struct State: Sendable {
        var waiting: [(index: Int, input: Input)] = []
        var results: [Int: Result<Output, any Error>] = [:]
        var addedCount = 0
        var takenCount = 0
        var isClosed = false
    }

    /// The result of a wait.
    private enum Step<Value: Sendable>: Sendable {
        case value(Value)
        case end
    }

    private let state = Monitor(State())
    private let name: String
    private let threadCount: Int
    private let transform: @Sendable (Input) throws -> Output

    /// - Parameters:
    ///   - threadCount: nil for one per processor, at most four.
    ///   - transform: an error is thrown by the call of `next` that would have returned the result.
    package init(
        named name: String, threadCount: Int? = nil, _ transform: @escaping @Sendable (Input) throws -> Output
    ) {
        self.name = name
        self.threadCount = threadCount ?? min(4, ProcessInfo.processInfo.activeProcessorCount)
        self.transform = transform
    }

    /// Adds a value.
    package func add(_ input: Input) {
        let isFirst = state.update { state in
            state.waiting.append((state.addedCount, input))
            state.addedCount += 1
            return state.addedCount == 1
        }
        guard isFirst else { return }
        for _ in 0..<threadCount { startThread(named: name) { [self] in work() } }
    }

    /// The next result in the order of the values. Waits for it if more than `inWorkMax` values have no result taken.
    ///
    /// - Returns: nil if at most `inWorkMax` results are missing.
    package func next(whileMoreThan inWorkMax: Int) throws -> Output? {
        let step = state.wait { state -> Step<Result<Output, any Error>>? in
            if state.addedCount - state.takenCount <= inWorkMax { return .end }
            guard let result = state.results.removeValue(forKey: state.takenCount) else { return nil }
            state.takenCount += 1
            return .value(result)
        }
        switch step {
        case .value(let result): return try result.get()
        case .end: return nil
        }
    }

    /// Ends the threads; values without a result are dropped.
    package func close() { state.update { $0.isClosed = true } }

    private func work() {
        while true {
            let step = state.wait { state -> Step<(index: Int, input: Input)>? in
                if state.isClosed { return .end }
                if state.waiting.isEmpty { return nil }
                return .value(state.waiting.removeFirst())
            }
            guard case .value(let next) = step else { return }
            let result = Result { try transform(next.input) }
            state.update { $0.results[next.index] = result }
        }
    }
}
