import Foundation

/// The machine that a worker runs on, and which start of it: a worker that was killed is known by both.
package struct WorkerHost: Equatable, Sendable {
    let name: String
    /// Random, new at each start of the system's kernel (`/proc/sys/kernel/random/boot_id`).
    let bootID: String

    /// nil if the system does not say: then no former membership is ever recognised.
    static let current: WorkerHost? = {
        guard let name = systemName(), !name.isEmpty,
            let data = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
        else { return nil }
        let bootID = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return bootID.isEmpty ? nil : WorkerHost(name: name, bootID: bootID)
    }()

    /// For client ids, which is all that brokers show of members while a group forms.
    var clientIDSuffix: String { "\(name)-\(bootID.prefix(8))" }

    /// The machine's own name.
    static func systemName() -> String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
