import WireCore

/// A member's metadata in JoinGroup: `int16 version | STRING url | int64 configOffset | BYTES allocation` (the last
/// from version 1 on).
///
/// cdcd adds `STRING hostName | STRING bootID`. Java's workers ignore the additional fields.
package struct MemberMetadata: Equatable, Sendable {
    var url: String
    var configOffset: Int64
    /// What the member already runs.
    var allocation: GroupAssignment?
    /// The host on which the member runs; nil for Java's workers, which do not send it.
    var host: WorkerHost?

    package init(url: String, configOffset: Int64, allocation: GroupAssignment? = nil, host: WorkerHost? = nil) {
        self.url = url
        self.configOffset = configOffset
        self.allocation = allocation
        self.host = host
    }

    package func encoded(version: Int16) -> [UInt8] {
        var writer = ByteWriter()
        writer.bigEndian(version)
        writer.connectString(url)
        writer.bigEndian(configOffset)
        if version > 0 {
            if let allocation {
                let bytes = allocation.encoded(version: version)
                writer.bigEndian(Int32(bytes.count))
                writer.bytes(bytes)
            } else {
                writer.bigEndian(Int32(-1))
            }
        }
        if let host {
            writer.connectString(host.name)
            writer.connectString(host.bootID)
        }
        return writer.array()
    }

    package static func decode(_ bytes: [UInt8]) throws(WireError) -> MemberMetadata {
        var reader = ByteReader(bytes.span.bytes)
        let version = try reader.bigEndian(Int16.self)
        let url = try reader.connectString()
        let offset = try reader.bigEndian(Int64.self)
        var metadata = MemberMetadata(url: url, configOffset: offset)
        // A message without its later fields is one of an older version.
        if version > 0, !reader.isAtEnd {
            let length = try reader.bigEndian(Int32.self)
            if length >= 0 { metadata.allocation = try GroupAssignment.decode(try reader.array(Int(length))) }
        }
        if !reader.isAtEnd {
            metadata.host = WorkerHost(name: try reader.connectString(), bootID: try reader.connectString())
        }
        return metadata
    }
}
