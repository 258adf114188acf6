import ConnectData
import WireCore

/// How the generations differ in offsets and positions.
extension DebeziumProfile {
    package var offsets: Offsets { Offsets(isModern: isModern) }

    package struct Offsets: Sendable {
        fileprivate let isModern: Bool

        /// Whether offsets of streamed records have a member `transaction_id`, which is null without transaction
        /// metadata.
        package var haveTransactionID: Bool { !isModern }

        /// The member `snapshot` of an offset while a snapshot runs.
        package var runningSnapshotMark: JSONValue { isModern ? .string("INITIAL") : .bool(true) }

        /// Whether GTIDs are used with this `gtid_mode`: 1.9 also uses them while the mode is being changed.
        package func followsGTIDs(mode: String?) -> Bool {
            guard let mode = mode?.uppercased(), !mode.isEmpty else { return false }
            return isModern ? mode == "ON" : mode != "OFF"
        }

        /// Whether the time of a change is when its transaction was committed (if the server logs it), instead of the
        /// whole second in which its statement began.
        package var prefersCommitTime: Bool { isModern }
    }
}
