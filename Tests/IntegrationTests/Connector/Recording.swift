import BinlogSource
import ConnectData
import Dispatch
import Synchronization
import WireCore

/// All records, offsets and states of a task, for tests to inspect and to wait for.
final class Recording: Sendable {
    struct State: Sendable {
        var records: [ConnectRecord] = []
        /// Each has the number of records before it.
        var checkpoints: [(offset: JSONObject, recordCount: Int)] = []
        var conditions: [TaskControl.Condition] = []
        var history: [[UInt8]]?
        /// The number of records after which `emit` blocks until the task is stopped.
        var capacity = Int.max
        /// Called once, on the task's thread, when this number of records was emitted.
        var hook: (recordCount: Int, run: @Sendable () throws -> Void)?

        mutating func dueHook() -> (@Sendable () throws -> Void)? {
            guard let due = hook, records.count >= due.recordCount else { return nil }
            hook = nil
            return due.run
        }
    }

    private let state = Mutex(State())
    private let changed = DispatchSemaphore(value: 0)

    func read<R>(_ body: (State) -> R) -> R { state.withLock { body($0) } }

    func change<R: Sendable>(_ body: (inout State) -> R) -> R {
        let result = state.withLock { body(&$0) }
        changed.signal()
        return result
    }

    /// Waits for a condition; returns false if the time limit passes first.
    func wait(seconds: Int = 20, until isSo: (State) -> Bool) -> Bool {
        let deadline = DispatchTime.now() + .seconds(seconds)
        while !state.withLock({ isSo($0) }) {
            guard changed.wait(timeout: deadline) == .success else { return state.withLock { isSo($0) } }
        }
        return true
    }

    /// The offset that was committed last.
    var storedOffset: JSONObject? { read { $0.checkpoints.last?.offset } }
}

/// The sink of one run of a task.
final class RecordingSink: RecordSink {
    private let recording: Recording
    private let control: TaskControl

    init(_ recording: Recording, _ control: TaskControl) {
        self.recording = recording
        self.control = control
    }

    func emit(_ record: consuming ConnectRecord) throws -> Bool {
        let isFull = recording.read { $0.records.count >= $0.capacity }
        if isFull {
            let signal = DispatchSemaphore(value: 0)
            let handler = control.onStop { signal.signal() }
            defer { control.removeStopHandler(handler) }
            signal.wait()
            throw CancellationError()
        }
        let taken = record
        recording.change { $0.records.append(taken) }
        try recording.change { $0.dueHook() }?()
        return true
    }

    func checkpoint(partition: JSONObject, offset: JSONObject) throws {
        recording.change { $0.checkpoints.append((offset, $0.records.count)) }
    }

    func awaitDelivery() throws {}
}

/// A schema history in memory.
final class MemoryHistoryLog: HistoryLog {
    private let recording: Recording
    init(_ recording: Recording) { self.recording = recording }

    func exists() throws -> Bool { recording.read { $0.history != nil } }
    func create() throws { recording.change { $0.history = [] } }
    func append(chunks next: () throws -> [[UInt8]]?) throws {
        while let records = try next() { recording.change { $0.history?.append(contentsOf: records) } }
    }
    func replay(_ body: ([UInt8]) throws -> Void) throws {
        for record in recording.read({ $0.history ?? [] }) { try body(record) }
    }
    func close() {}
    var cancel: @Sendable () -> Void { {} }
}
