import ConnectData
import WireCore

/// How a record says which schema its key or value was written with: bytes before the payload, or headers.
///
/// Confluent: `00`, the id as int32; or since 8.0 the header `__key_schema_id` or `__value_schema_id` with `01` and the
/// GUID (`PrefixSchemaIdSerializer`, `HeaderSchemaIdSerializer`, `DualSchemaIdDeserializer`). Apicurio 2.6: `00`, the
/// id as int64 or int32; or headers (`DefaultIdHandler`, `Legacy4ByteIdHandler`, `DefaultHeadersHandler`).
///
/// The message indexes of Protobuf, which follow the id, are the caller's: after the prefix in the bytes, at the end of
/// Confluent's header.
package struct SchemaFraming: Hashable, Sendable {
    package enum Layout: Hashable, Sendable {
        case confluentPrefix
        case confluentHeader
        /// - Parameter idBytes: 8, or 4 with `as-confluent`.
        case apicurioPrefix(idBytes: Int, usesContentID: Bool)
        /// Reads a prefix, too, if a record has no headers.
        case apicurioHeaders(ApicurioHeaderNames, idBytes: Int, usesContentID: Bool)
    }

    /// The id of a record that was read.
    package struct Frame: Hashable, Sendable {
        package let id: SchemaID
        /// Where the payload begins.
        package let payloadOffset: Int
        /// What follows the GUID in Confluent's header: message indexes. Empty for other layouts.
        package let headerRest: [UInt8]
    }

    package let layout: Layout
    package let isKey: Bool

    package init(_ layout: Layout, isKey: Bool) {
        self.layout = layout
        self.isKey = isKey
    }

    /// Whether `headers` may return some.
    package var addsRecordHeaders: Bool {
        switch layout {
        case .confluentHeader, .apicurioHeaders: true
        case .confluentPrefix, .apicurioPrefix: false
        }
    }

    /// The layout of Apicurio's converters if there are no record headers.
    package var withoutRecordHeaders: SchemaFraming {
        guard case .apicurioHeaders(_, let idBytes, let usesContentID) = layout else { return self }
        return SchemaFraming(.apicurioPrefix(idBytes: idBytes, usesContentID: usesContentID), isKey: isKey)
    }

    // MARK: Writing

    /// The bytes before the payload; none if the id is in headers.
    ///
    /// - Throws: `DataError` if the registry has not assigned the kind of id that is to be written.
    package func prefix(_ id: SchemaID) throws(DataError) -> [UInt8] {
        switch layout {
        case .confluentPrefix:
            guard let number = id.id else { throw DataError("Schema ID is null") }
            return [0] + Self.bigEndian(number)
        case .apicurioPrefix(let idBytes, let usesContentID):
            let number = try Self.number(id, usesContentID)
            return [0] + (idBytes == 4 ? Self.bigEndian(Int32(truncatingIfNeeded: number)) : Self.bigEndian(number))
        case .confluentHeader, .apicurioHeaders: return []
        }
    }

    /// The headers that name the schema; none if the id precedes the payload.
    ///
    /// - Parameter messageIndexes: encoded, for Confluent's header.
    /// - Throws: `DataError` if the registry has not assigned the kind of id that is to be written.
    package func headers(_ id: SchemaID, messageIndexes: [UInt8] = []) throws(DataError) -> [RawHeader] {
        switch layout {
        case .confluentPrefix, .apicurioPrefix: return []
        case .confluentHeader:
            guard let guid = id.guid else { throw DataError("Schema GUID is null") }
            return [RawHeader(confluentName, [1] + guid + messageIndexes)]
        case .apicurioHeaders(let names, _, let usesContentID):
            if usesContentID {
                return [RawHeader(names.contentID, Self.bigEndian(try Self.number(id, true)))]
            }
            if let globalID = id.globalID { return [RawHeader(names.globalID, Self.bigEndian(globalID))] }
            guard let artifact = id.artifact else { throw DataError("The schema has no global id and no artifact") }
            var headers: [RawHeader] = []
            if let hash = id.contentHash { headers.append(RawHeader(names.contentHash, Array(hash.utf8))) }
            headers.append(RawHeader(names.groupID, artifact.group.map { Array($0.utf8) }))
            headers.append(RawHeader(names.artifactID, Array(artifact.name.utf8)))
            if let version = id.version { headers.append(RawHeader(names.version, Array(version.utf8))) }
            return headers
        }
    }

    private var confluentName: String { isKey ? "__key_schema_id" : "__value_schema_id" }

    private static func number(_ id: SchemaID, _ usesContentID: Bool) throws(DataError) -> Int64 {
        if usesContentID {
            guard let number = id.contentID else {
                throw DataError(
                    "Missing contentId. IdOption is contentId but there is no contentId in the ArtifactReference")
            }
            return number
        }
        guard let number = id.globalID else { throw DataError("The schema has no global id") }
        return number
    }

    private static func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    // MARK: Reading

    /// Reads the id of a key or value that is not Kafka's null.
    ///
    /// - Throws: `DataError` if it is in none of the layout's places.
    package func read(_ bytes: UnsafeRawBufferPointer, headers: [RawHeader]) throws(DataError) -> Frame {
        switch layout {
        case .confluentPrefix, .confluentHeader:
            // The last header of that name counts, as in Kafka's Headers.lastHeader.
            guard let header = headers.last(where: { $0.name == confluentName }), let value = header.value else {
                return try bytes.readingConfluentID()
            }
            let frame = try value.span.bytes.withUnsafeBytes { (value) throws(DataError) in
                try value.readingConfluentID()
            }
            return Frame(id: frame.id, payloadOffset: 0, headerRest: Array(value[frame.payloadOffset...]))
        case .apicurioPrefix(let idBytes, let usesContentID):
            return try bytes.readingApicurioID(idBytes: idBytes, usesContentID)
        case .apicurioHeaders(let names, let idBytes, let usesContentID):
            let id = try names.read(headers)
            if id != SchemaID() { return Frame(id: id, payloadOffset: 0, headerRest: []) }
            return try bytes.readingApicurioID(idBytes: idBytes, usesContentID)
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func readingConfluentID() throws(DataError) -> SchemaFraming.Frame {
        switch first {
        case 0:
            guard count >= 5 else { throw DataError("Error deserializing schema ID: \(count) of 5 bytes") }
            let id = Int32(bigEndian: loadUnaligned(fromByteOffset: 1, as: Int32.self))
            return SchemaFraming.Frame(id: SchemaID(id: id), payloadOffset: 5, headerRest: [])
        case 1:
            guard count >= 17 else { throw DataError("Error deserializing schema ID: \(count) of 17 bytes") }
            return SchemaFraming.Frame(id: SchemaID(guid: Array(self[1..<17])), payloadOffset: 17, headerRest: [])
        case _?: throw DataError("Unknown magic byte!")
        case nil: throw DataError("Error deserializing schema ID: 0 of 5 bytes")
        }
    }

    fileprivate func readingApicurioID(
        idBytes: Int, _ usesContentID: Bool
    ) throws(DataError) -> SchemaFraming.Frame {
        guard first == 0 else { throw DataError("Unknown magic byte!") }
        guard count > idBytes else { throw DataError("Error deserializing schema ID: \(count) of \(1 + idBytes) bytes") }
        let number =
            idBytes == 4
            ? Int64(Int32(bigEndian: loadUnaligned(fromByteOffset: 1, as: Int32.self)))
            : Int64(bigEndian: loadUnaligned(fromByteOffset: 1, as: Int64.self))
        return SchemaFraming.Frame(
            id: usesContentID ? SchemaID(contentID: number) : SchemaID(globalID: number), payloadOffset: 1 + idBytes,
            headerRest: [])
    }
}
