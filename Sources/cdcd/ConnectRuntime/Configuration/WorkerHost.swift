import Foundation

/// The machine that a worker runs on and its current boot, by which the former membership of a killed worker is
/// recognized.
package struct WorkerHost: Equatable, Sendable {
    let name: String
    /// Random, new at each start of the system's kernel (`/proc/sys/kernel/random/boot_id`).
    let bootID: String

    /// nil if the system does not report it; then no former membership is recognized.
    static let current: WorkerHost? = {
        guard let name = systemName(), !name.isEmpty,
            let data = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
        else { return nil }
        let bootID = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return bootID.isEmpty ? nil : WorkerHost(name: name, bootID: bootID)
    }()

    /// For client ids, the only attribute of members that brokers return while a group forms.
    var clientIDSuffix: String { "\(name)-\(bootID.prefix(8))" }

    /// The machine's own name.
    static func systemName() -> String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
