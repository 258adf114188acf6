import PluginTestSupport
import WireCore

@testable import BinlogSource

extension PropertyEffect {
    /// How a snapshot is taken.
    static let snapshot = [
        PropertyEffect("snapshot.mode", "no_data", from: "3 rows", to: "0 rows") { properties in
            let run = try TaskRun(properties)
            return run.failure ?? "\(run.dataTopics.count) rows"
        },
        PropertyEffect("snapshot.locking.mode", "none", from: "FLUSH TABLES WITH READ LOCK", to: "") {
            try TaskRun($0).statements("FLUSH TABLES").joined(separator: "|")
        },
        PropertyEffect("snapshot.lock.timeout.ms", "3000", from: "lock_wait_timeout = 10", to: "lock_wait_timeout = 3") {
            let texts = try TaskRun($0).server.statements.map(\.text)
            return texts.compactMap { $0.firstMatch(of: /lock_wait_timeout = \d+/).map { String($0.output) } }.first
                ?? "none"
        },
        PropertyEffect("snapshot.delay.ms", "300", from: nil, to: "300 ms") { properties in
            let run = try TaskRun(properties)
            let begin = run.server.statements.first { $0.text.hasPrefix("FLUSH TABLES") }
            guard let asked = run.server.quits.first, let begin else { return run.failure ?? "no snapshot" }
            return begin.at.milliseconds(since: asked) >= 290 ? "300 ms" : "less"
        },
        PropertyEffect("streaming.delay.ms", "300", from: nil, to: "300 ms") { properties in
            let run = try TaskRun(properties)
            let last = run.server.statements.last { $0.text.hasPrefix("SELECT `id`") }
            guard let dump = run.server.dumpedAt, let last else { return run.failure ?? "no stream" }
            return dump.milliseconds(since: last.at) >= 290 ? "300 ms" : "less"
        },
    ]
}
